import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReport, reportPath } from '../../../src/runs/report/report.ts';
import type { State } from '../../../src/runs/state.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import { copied, failed, RUN_ID } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

async function reportOf(...receipts: readonly Receipt[]): Promise<State> {
  const state = server.createState();
  async function* lines() {
    for (const receipt of receipts) yield Buffer.from(`${JSON.stringify(receipt)}\n`);
  }
  await state.writeStream(reportPath({ id: RUN_ID }), lines(), 'application/x-ndjson');
  return state;
}

describe('the report of a run', () => {
  it('is not there before it is made', async () => {
    expect(await readReport(server.createState(), { id: RUN_ID }, 'ndjson', 0)).toBeUndefined();
  });

  it('is empty when no object needed anything', async () => {
    const state = await reportOf();

    expect(await readReport(state, { id: RUN_ID }, 'ndjson', 0)).toEqual({ text: '' });
  });

  it('has a line for each receipt', async () => {
    const state = await reportOf(copied('a'), failed('b'));

    const page = await readReport(state, { id: RUN_ID }, 'ndjson', 0);

    expect(page).toEqual({ text: `${JSON.stringify(copied('a'))}\n${JSON.stringify(failed('b'))}\n` });
  });

  it.each(['ndjson', 'csv'] as const)('has pages as %s only where a line begins', async (format) => {
    const state = await reportOf(copied('é'), copied('b'));
    const firstBytes = Buffer.byteLength(JSON.stringify(copied('é'))) + 1;
    const totalBytes = firstBytes + Buffer.byteLength(JSON.stringify(copied('b'))) + 1;

    expect(await readReport(state, { id: RUN_ID }, format, firstBytes)).toBeDefined();
    for (const offset of [1, 9, firstBytes - 1, firstBytes + 1, totalBytes, totalBytes + 1, 1_000_000]) {
      expect(await readReport(state, { id: RUN_ID }, format, offset)).toBeUndefined();
    }
  });

  it('comes in pages that end with a line, also where a character has several bytes', async () => {
    const receipts = Array.from({ length: 20 }, (_, index) => failed(`${index}-é🙂`, 'ü🙂'.repeat(300_000)));
    const state = await reportOf(...receipts);

    const pages: Receipt[][] = [];
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page = await readReport(state, { id: RUN_ID }, 'ndjson', offset);
      pages.push(
        (page?.text ?? '')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Receipt),
      );
      offset = page?.nextOffset;
    }

    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(receipts);
  });

  it('has one header line as CSV, on the first page only', async () => {
    const state = await reportOf(copied('a'), copied('b'));
    const secondLine = Buffer.byteLength(`${JSON.stringify(copied('a'))}\n`);

    const [first, later] = [await readReport(state, { id: RUN_ID }, 'csv', 0), await readReport(state, { id: RUN_ID }, 'csv', secondLine)];

    expect(first?.text.split('\n')).toEqual([
      'key,action,reason,sizeBytes,sourceEtag,destinationEtag,crc64nvme,verified,way,at,milliseconds,message,leftOut,sourceAbsentAt,isRecoverable,by,destinationKey,record,sourceRecord',
      'a,copied,missing,3,"""1""","""2""",AAAAAAAAAAA=,crc64,streamed,2023-11-14T22:13:21.000Z,5,,,,,,,,',
      'b,copied,missing,3,"""1""","""2""",AAAAAAAAAAA=,crc64,streamed,2023-11-14T22:13:21.000Z,5,,,,,,,,',
      '',
    ]);
    expect(later?.text).toMatch(/^b,copied/);
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "a"', '"say ""a"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@sum', "'@sum"],
    ['\ttab', "'\ttab"],
    ['=a,b', `"'=a,b"`],
    ['a=1', 'a=1'],
  ])('writes the key %j as %j in CSV', async (key, field) => {
    const state = await reportOf(failed(key));

    const page = await readReport(state, { id: RUN_ID }, 'csv', 0);

    expect(page?.text.split('\n').slice(1).join('\n').startsWith(`${field},failed,`)).toBe(true);
  });
});
