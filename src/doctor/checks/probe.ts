import { randomUUID } from 'node:crypto';
import { crc64 } from '../../sync/store/crc64.ts';
import { wordsOf } from '../../sync/store/foreign-text.ts';
import type { Store } from '../../sync/store/store.ts';
import { isStoreError, StoreError } from '../../sync/store/store-error.ts';
import { findingOf } from '../explain/known-failures.ts';
import { BrokenLink, type Finding } from '../finding.ts';
import type { Report } from '../walk.ts';

const BODY = Buffer.from('Written by the doctor of Keyless Bridge. It may be deleted.\n');
const PROPERTIES = { contentType: 'text/plain', metadata: {} };

const GIVEN_UP_ON_S3 = 'allowed, encryption included: an upload in parts was started and aborted, which leaves no object';
const GIVEN_UP_ON_BLOB = 'allowed: a block was put and not committed, which makes no blob; Azure drops it within a week';

/** The probe is removed although its own time is up. */
const REMOVAL_MS = 15_000;

interface Probing {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** A key that nobody else uses, and that says what it is. */
function probeKey(): string {
  return `.keyless-bridge-doctor-probe-${randomUUID()}`;
}

/**
 * Proves writing without making an object: an upload is begun, gets a part, and is given up. That needs what writing needs, encryption
 * included, but not the right to delete, which a role of the bridge seldom has.
 */
export async function probeUpload(store: Store, { report, signal }: Probing): Promise<void> {
  const key = probeKey();
  const isS3 = store.url.startsWith('s3:');
  const upload = await store.beginUpload({ key, sizeBytes: BODY.length, properties: PROPERTIES }, { signal });
  try {
    await store.uploadPart(upload, 1, BODY, { crc64: crc64(BODY), signal }).catch((error: unknown) => {
      // Beginning was allowed, so that writing is: only the key is left to be denied.
      const isKeyDenied = isS3 && isStoreError(error, 'permission-denied') && !error.isWholeStore;
      throw isKeyDenied ? new BrokenLink([findingOf('multipart-needs-decrypt', error.message)]) : error;
    });
    await store.listParts(upload, { signal });
    report.note({ write: isS3 ? GIVEN_UP_ON_S3 : GIVEN_UP_ON_BLOB });
  } finally {
    await store
      .abort(upload, { signal: AbortSignal.timeout(REMOVAL_MS) })
      .catch((error: unknown) => report.warn(leftBehind(`An unfinished upload of ${store.url}${key}`, error)));
  }
}

/** Writes a whole object under a key of its own, reads it back and deletes it. */
export async function probeObject(store: Store, { report, signal }: Probing): Promise<void> {
  const key = probeKey();
  const options = { crc64: crc64(BODY), properties: PROPERTIES, condition: 'if-absent', signal } as const;
  const { etag } = await store.write(key, BODY, options);
  try {
    const { body } = await store.read(key, { ifMatch: etag, signal });
    if (!Buffer.concat(await Array.fromAsync(body)).equals(BODY))
      throw new StoreError('checksum-mismatch', `What was read from ${store.url}${key} is not what was written there.`);
    report.note({ 'whole object': 'written and read back' });
  } finally {
    await store.delete(key, { ifMatch: etag, signal: AbortSignal.timeout(REMOVAL_MS) }).then(
      () => report.note({ delete: 'allowed: the probe is gone' }),
      (error: unknown) => report.warn(leftBehind(`The probe object ${store.url}${key}`, error)),
    );
  }
}

function leftBehind(what: string, error: unknown): Finding {
  return {
    id: 'probe-left-behind',
    symptom: `${what} could not be removed: ${wordsOf(error)}`,
    cause: 'The bridge may write here, but not delete; its own work needs no more.',
    fix: 'Remove it by hand, or let a lifecycle rule of the bucket do it.',
  };
}
