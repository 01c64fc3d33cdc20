import type { Crc64 } from './crc64.ts';
import type { ObjectHead } from './objects.ts';

/** Checksums of the content of an object. */
export interface ContentRecord {
  readonly crc64?: Crc64 | undefined;
  /** 32 lower-case hex digits. */
  readonly md5?: string | undefined;
}

type Known = Pick<ObjectHead, 'crc64' | 'md5' | 'claimedMd5' | 'provenance'>;

/** Checksums that the service computed itself: proof of what it keeps. */
export function serviceRecordOf({ crc64, md5 }: Known): ContentRecord {
  return { crc64, md5 };
}

/** Checksums that a writer could set. A hint: other bytes may have been written under them since. */
export function writerRecordOf({ claimedMd5, provenance }: Known): ContentRecord {
  return { crc64: provenance?.crc64, md5: claimedMd5 };
}

/** The service's word where there is one, else the writer's. */
export function anyRecordOf(known: Known): ContentRecord {
  const [service, writer] = [serviceRecordOf(known), writerRecordOf(known)];
  return { crc64: service.crc64 ?? writer.crc64, md5: service.md5 ?? writer.md5 };
}
