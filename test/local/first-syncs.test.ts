import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishRuns } from '../../local/demo/first-syncs.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';

const COUNTS = { listed: 2, copied: 2, unchanged: 0, skipped: 0, failed: 0, extraneous: 0, copiedBytes: 1_500_000 };
const RECEIPT = `${JSON.stringify({ action: 'copied', verified: 'crc64' })}\n`;

let server: Server;
let url: string;
/** How the run stands each time that somebody asks. */
let standings: Partial<RunView>[];
let shown: string[];
let said: string[];
const screen = { say: (line: string) => said.push(line), show: (line: string) => shown.push(line) };

beforeEach(async () => {
  [shown, said] = [[], []];
  server = createServer(({ url: path = '' }, response) => {
    if (path === '/api/runs/1/report') response.setHeader('link', `<${url}/api/runs/1/report?offset=9>; rel="next"`);
    response.end(answerTo(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

describe('a run that was under way when the app was killed', () => {
  it('is followed through its next attempt to its end', async () => {
    const large = { key: 'large', sizeBytes: 3_000_000, percent: 25 };
    standings = [
      { phase: 'copying', attempt: 1 },
      { phase: 'copying', attempt: 2, largeObjects: [large], secondsLeft: 7 },
      { phase: 'ended', attempt: 2, state: 'succeeded' },
    ];

    const results = await finishRuns(url, screen);

    expect(results).toEqual([{ isComplete: true, runUrl: `${url}/api/runs/1` }]);
    expect(shown).toEqual(['  copying: 2 listed, 2 copied, 1.5 MB; large 25% of 3.0 MB; about 7 s left']);
    expect(said.slice(1)).toEqual([
      '  Run 1 goes on (attempt 2)',
      '  succeeded: 2 listed = 2 copied + 0 unchanged + 0 skipped + 0 failed',
      '  1.5 MB in 3.0 s, in 2 attempts; verified: 2 by CRC-64',
    ]);
  });

  it('leaves the start incomplete when it fails, and says why', async () => {
    standings = [
      { phase: 'copying', attempt: 1 },
      { phase: 'ended', attempt: 1, state: 'failed', failure: { code: 'not-found', message: 'The bucket is gone.' } },
    ];

    const results = await finishRuns(url, screen);

    expect(results).toMatchObject([{ isComplete: false }]);
    expect(said.at(-1)).toBe('  The bucket is gone.');
  });
});

describe('runs that have ended', () => {
  it('are not looked at again', async () => {
    standings = [{ phase: 'ended', attempt: 1 }];

    const results = await finishRuns(url, screen);

    expect([results, said]).toEqual([[], []]);
  });
});

function answerTo(path: string): string {
  if (path.includes('/report')) return RECEIPT;
  const run = { id: '1', counts: COUNTS, seconds: 3, largeObjects: [], firstFailures: [], ...standings.shift() };
  const view = { ...run, links: { self: `${url}/api/runs/1`, report: `${url}/api/runs/1/report` } };
  return JSON.stringify(path.startsWith('/api/runs?') ? { runs: [view] } : view);
}
