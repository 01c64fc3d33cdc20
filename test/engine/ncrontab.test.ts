import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXPRESSIONS } from '../config/schedules/expressions.ts';
import { buildDotnet } from './build-dotnet.ts';

const BUILD_TIMEOUT_MS = 300_000;

let program: string;

beforeAll(() => {
  program = buildDotnet({ folder: 'ncrontab', name: 'NcrontabReference' });
}, BUILD_TIMEOUT_MS);

describe('the table of NCRONTAB expressions', () => {
  // `npm run test:engine -- -u ncrontab` writes it anew after a change to the expressions.
  it('has the results of the library that the Functions host uses', async () => {
    const { status, stdout, stderr } = spawnSync('dotnet', [program], { input: JSON.stringify(EXPRESSIONS), encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot('../config/schedules/expressions.ndjson');
  });
});
