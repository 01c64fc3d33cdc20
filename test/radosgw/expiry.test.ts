import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { failureOf, keysOf, write } from '../contract/suite/objects.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';
import { contentsOf, syncAll } from '../support/stores/store-objects.ts';
import { startTrust, type Trust } from './trust.ts';

/** AWS itself gives no session shorter than 15 minutes. */
const SESSION_SECONDS = 2;
const OBJECTS = 60;
const PACE_MS = 100;

let trust: Trust;

beforeAll(async () => {
  trust = await startTrust();
});
afterAll(() => trust.stop());

describe('credentials that end in the middle of a run', () => {
  it('are renewed, and the run goes on to its end', async () => {
    const bucket = await trust.account.createBucket();
    const { client, credentials } = trust.connect({ durationSeconds: SESSION_SECONDS });
    const seen = new Set<string>();
    const source = createMemoryStore();
    for (let n = 0; n < OBJECTS; n++) source.put(`${n}`, `object ${n}`);
    const watched = slowly(source, async () => seen.add((await credentials()).accessKeyId));

    const { receipts, error } = await syncAll(watched, createS3Store({ client, bucket, prefix: '' }));

    // Objects belong to who wrote them: the owner of the bucket may not read them.
    const copies = await contentsOf(createS3Store({ client: trust.connect().client, bucket, prefix: '' }));
    expect(error).toBeUndefined();
    expect(receipts.filter(({ action }) => action !== 'copied')).toEqual([]);
    expect([...copies].map(([key, bytes]) => `${key}: ${bytes}`)).toEqual(source.keys().map((key) => `${key}: object ${key}`));
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });

  it('are worth nothing afterwards', async () => {
    const bucket = await trust.account.createBucket();
    const kept = await trust.connect({ durationSeconds: SESSION_SECONDS }).credentials();
    const store = createS3Store({
      client: trust.account.createClient({ ...kept, expiration: new Date(Date.now() + 3_600_000) }),
      bucket,
      prefix: '',
    });
    await write(store, 'while-valid', 'x');

    await wait(kept.expiration.getTime() - Date.now() + 100);

    const failure = await failureOf(write(store, 'too-late', 'x'));
    expect(failure.code).toBe('permission-denied');
    expect(await keysOf(createS3Store({ client: trust.account.owner, bucket, prefix: '' }))).toEqual(['while-valid']);
  });
});

/** A store whose listing takes its time. */
function slowly(store: Store, onEntry: () => Promise<unknown>): Store {
  return {
    ...store,
    async *list(options) {
      for await (const page of store.list(options)) {
        for (const entry of page) {
          await wait(PACE_MS);
          await onEntry();
          yield [entry];
        }
      }
    },
  };
}
