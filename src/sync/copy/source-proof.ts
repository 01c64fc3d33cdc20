import { createHash } from 'node:crypto';
import { type ContentRecord, serviceRecordOf, writerRecordOf } from '../store/content-record.ts';
import type { Crc64 } from '../store/crc64.ts';
import type { ObjectHead } from '../store/objects.ts';
import type { Verified } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';

/**
 * By whose word the bytes that were read are those of the source: its `service` computed what they were compared with; its `writer` could
 * set that (metadata, a blob's Content-MD5); what its writer left with it is `outdated`, since they are others, also when they are read
 * again; or there was nothing to compare them with (`none`).
 */
export type SourceRecord = 'service' | 'writer' | 'outdated' | 'none';

export interface SourceProof {
  /** `length` where the record is `outdated` or `none`. */
  readonly verified: Verified;
  readonly sourceRecord: SourceRecord;
}

/** The result of reading a whole object. */
export interface WholeRead {
  readonly crc64: Crc64;
  /** Where they are at hand. */
  readonly bytes?: Uint8Array;
  /** 32 lower-case hex digits, where they are not. */
  readonly md5?: string | undefined;
}

export type Known = Pick<ObjectHead, 'crc64' | 'md5' | 'claimedMd5' | 'provenance'>;

/** The proof for bytes that differ from a writer's checksum although they arrived intact. */
export const OUTDATED: SourceProof = { verified: 'length', sourceRecord: 'outdated' };

/**
 * Compares what was read with what the source says of the object; `undefined` when it is not what its writer left a checksum of: that is
 * outdated, or the bytes were damaged on their way. Throws `checksum-mismatch` when the service's own checksum is another.
 */
export function compareWithSource(known: Known, read: WholeRead, key: string): SourceProof | undefined {
  const service = compareFirst(serviceRecordOf(known), read);
  if (service?.isEqual) return { verified: service.kind, sourceRecord: 'service' };
  if (service !== undefined) throw mismatch(key, `the ${service.kind.toUpperCase()} that the source keeps`, 'the source object is damaged');
  const writer = compareBest(writerRecordOf(known), read);
  if (writer === undefined) return { verified: 'length', sourceRecord: 'none' };
  return writer.isEqual ? { verified: writer.kind, sourceRecord: 'writer' } : undefined;
}

interface Compared {
  readonly kind: 'crc64' | 'md5';
  readonly isEqual: boolean;
}

/** Compares the CRC-64, where there is one, else the MD5; `undefined` where there is nothing to compare. */
function compareFirst(record: ContentRecord, read: WholeRead): Compared | undefined {
  if (record.crc64 !== undefined) return { kind: 'crc64', isEqual: record.crc64 === read.crc64 };
  const md5 = record.md5 === undefined ? undefined : md5Of(read);
  return md5 === undefined ? undefined : { kind: 'md5', isEqual: md5 === record.md5 };
}

/** One checksum of a writer may be outdated and another not: one that matches does not do so by chance. */
function compareBest(record: ContentRecord, read: WholeRead): Compared | undefined {
  const first = compareFirst(record, read);
  if (first === undefined || first.isEqual || first.kind === 'md5') return first;
  const second = compareFirst({ md5: record.md5 }, read);
  return second?.isEqual ? second : first;
}

function md5Of({ md5, bytes }: WholeRead): string | undefined {
  return md5 ?? (bytes && createHash('md5').update(bytes).digest('hex'));
}

export function mismatch(key: string, what: string, cause: string): StoreError {
  return new StoreError(
    'checksum-mismatch',
    `The bytes read of ${JSON.stringify(key)} do not have ${what}. Run again; if it stays so, ${cause}.`,
  );
}
