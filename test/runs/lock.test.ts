import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocks } from '../../src/runs/lock.ts';
import { runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const request = runRecord();
const alive = async () => true;
const dead = async () => false;
const takers = (count: number) => Array.from({ length: count }, (_, index) => `run-${index}`);

describe('a lock', () => {
  it('is taken by exactly one of 50 takers, and the others are told by whom', async () => {
    const locks = createLocks(server.createState());

    const holders = await Promise.all(takers(50).map((id) => locks.take(request, id, alive)));

    expect(new Set(holders).size).toBe(1);
  });

  it('of a dead holder is taken over by exactly one of many', async () => {
    const locks = createLocks(server.createState());
    await locks.take(request, 'holder', alive);

    const holders = await Promise.all(takers(10).map((id) => locks.take(request, id, async (holder) => holder !== 'holder')));

    expect(new Set(holders).size).toBe(1);
    expect(holders).not.toContain('holder');
  });

  it('asks about the run that holds it', async () => {
    const locks = createLocks(server.createState());
    const asked: string[] = [];
    await locks.take(request, 'holder', alive);

    await locks.take(request, 'other', async (id) => {
      asked.push(id);
      return true;
    });

    expect(asked).toEqual(['holder']);
  });

  it('is free again after its release', async () => {
    const locks = createLocks(server.createState());
    await locks.take(request, 'first', alive);

    await locks.release(request, 'first');

    expect(await locks.take(request, 'second', alive)).toBe('second');
  });

  it('is not released by a run that does not hold it', async () => {
    const locks = createLocks(server.createState());
    await locks.take(request, 'first', alive);
    await locks.take(request, 'second', dead);

    await locks.release(request, 'first');

    expect(await locks.take(request, 'third', alive)).toBe('second');
  });

  it('can be released twice', async () => {
    const locks = createLocks(server.createState());
    await locks.take(request, 'first', alive);

    await locks.release(request, 'first');

    await expect(locks.release(request, 'first')).resolves.toBeUndefined();
  });

  it('is one for each pair of locations, whichever job syncs them', async () => {
    const locks = createLocks(server.createState());
    const requests = [
      request,
      { ...request, destination: `${request.destination}other/` },
      { ...request, source: `${request.source}other/` },
    ];
    const holders = await Promise.all(requests.map((each, index) => locks.take(each, `run-${index}`, alive)));

    const ofJob = await locks.take({ ...request, job: 'a' }, 'run-3', alive);

    expect([...holders, ofJob]).toEqual(['run-0', 'run-1', 'run-2', 'run-0']);
  });
});
