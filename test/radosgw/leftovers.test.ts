import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionPolicyFor } from '../../src/federation/session-policy.ts';
import { createS3Leftovers } from '../../src/stores/s3/listing/s3-leftovers.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { NO_PROPERTIES } from '../contract/suite/objects.ts';
import { startTrust, type Trust } from './trust.ts';

let trust: Trust;
beforeAll(async () => {
  trust = await startTrust();
});
afterAll(() => trust.stop());

describe('left-over uploads on radosgw', () => {
  it('are listed over pages, by the user that began them and not by the session, and aborted', async () => {
    const bucket = await trust.account.createBucket();
    const policy = sessionPolicyFor([{ bucket, prefix: 'mine/', access: 'write', mayListUploads: true }], { hasKms: false });
    const location = { client: trust.connect({ policy }).client, bucket, prefix: 'mine/' };
    const store = createS3Store(location);
    const begun = [];
    for (const key of ['a +é', 'a +é', 'b']) begun.push(await store.beginUpload({ key, sizeBytes: 1, properties: NO_PROPERTIES }));
    const leftovers = createS3Leftovers({ ...location, pageSize: 1 });

    const found = (await Array.fromAsync(leftovers.list())).flat();
    for (const upload of found) await leftovers.abort(upload);

    expect(found.map(({ key, sessionName }) => [key, sessionName])).toEqual([
      ['a +é', undefined],
      ['a +é', undefined],
      ['b', undefined],
    ]);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(begun.map(({ id }) => id)));
    expect((await Array.fromAsync(leftovers.list())).flat()).toEqual([]);
  });
});
