import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRestoreBudget } from '../../../src/runs/options/restore-budget.ts';
import { RUN_ID } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

describe('the budget of what a run asks for', () => {
  it('gives what is left, and passes over what is too large for it', async () => {
    const reserve = createRestoreBudget(server.createState(), RUN_ID, 100);

    expect([await reserve(60), await reserve(41), await reserve(40), await reserve(1)]).toEqual([true, false, true, false]);
  });

  it('is never exceeded by several workers at once', async () => {
    const state = server.createState();
    const workers = Array.from({ length: 4 }, () => createRestoreBudget(state, RUN_ID, 100));

    const given = await Promise.all(workers.flatMap((reserve) => Array.from({ length: 10 }, () => reserve(7))));

    expect(given.filter(Boolean)).toHaveLength(Math.floor(100 / 7));
  });
});
