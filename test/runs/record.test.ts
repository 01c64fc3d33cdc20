import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunRecords, isRunId, newRunId } from '../../src/runs/record.ts';
import { RUN_ID, runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

describe('the records of runs', () => {
  it('are listed newest first', async () => {
    const records = createRunRecords(server.createState());
    const ids = [1_700_000_000_001, 1_700_000_000_003, 1_700_000_000_002].map(newRunId);
    for (const id of ids) await records.create(runRecord({ id }));

    const listed = await Array.fromAsync(records.list(), ({ id }) => id);

    expect(listed).toEqual(ids.toSorted().reverse());
  });

  it('lose nothing when several change one at once', async () => {
    const records = createRunRecords(server.createState());
    await records.create(runRecord({ attempt: 0 }));

    await Promise.all(Array.from({ length: 10 }, () => records.update(RUN_ID, (record) => ({ ...record, attempt: record.attempt + 1 }))));

    expect(await records.find(RUN_ID)).toEqual(runRecord({ attempt: 10 }));
  });

  it('stay as they are when there is nothing to change', async () => {
    const records = createRunRecords(server.createState());
    await records.create(runRecord());

    const answer = await records.update(RUN_ID, () => undefined);

    expect(answer).toEqual(runRecord());
  });

  it('are not made again over one that is there', async () => {
    const records = createRunRecords(server.createState());
    await records.create(runRecord({ state: 'running' }));

    await records.create(runRecord());

    expect(await records.find(RUN_ID)).toMatchObject({ state: 'running' });
  });

  it('tell what is not there', async () => {
    const records = createRunRecords(server.createState());

    expect(await records.find(RUN_ID)).toBeUndefined();
    await expect(records.update(RUN_ID, (record) => record)).rejects.toThrow(`The record of run ${RUN_ID} is gone`);
  });

  it('can be removed', async () => {
    const records = createRunRecords(server.createState());
    await records.create(runRecord());

    await records.remove(RUN_ID);

    expect(await records.find(RUN_ID)).toBeUndefined();
  });
});

describe('the id of a run', () => {
  it('is new each time and recognised', () => {
    const ids = [newRunId(1_700_000_000_000), newRunId(1_700_000_000_000)];

    expect(new Set(ids).size).toBe(2);
    expect(ids.every(isRunId)).toBe(true);
  });

  it.each(['', '1700000000000', '../1700000000000-0123abcd', '1700000000000-0123ABCD', '1700000000000-0123abcd/'])('is not %j', (text) => {
    expect(isRunId(text)).toBe(false);
  });
});
