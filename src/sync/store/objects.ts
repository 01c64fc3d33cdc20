import type { Crc64 } from './crc64.ts';

/** An object as a listing shows it. */
export interface ObjectEntry {
  /** Relative to the store's prefix; '' for an object whose whole key is the prefix itself. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque, as the service writes it, quotes included. Comparable only with tags from the same store. */
  readonly etag: string;
  readonly lastModified: Date;
  /** MD5 of the content as 32 lower-case hex digits, which the service computed itself (S3). */
  readonly md5?: string;
  /** MD5 that whoever wrote the object may have set, and the service need not have checked (Blob): a hint. In the same form. */
  readonly claimedMd5?: string;
  /** ETag of the source object that we copied into this one, where the listing shows it (Blob). */
  readonly sourceEtag?: string;
  /** `true` when the object must be restored before it can be read. */
  readonly isArchived?: boolean;
  /** `true` when that has been asked for, and is not done yet. */
  readonly isRestoring?: boolean;
  /** Storage class (S3) or access tier (Blob), as the service writes it. */
  readonly tier?: string;
  /** `true` when the listing says that the object stands for a folder (Blob). */
  readonly isFolder?: boolean;
}

/** Properties that are carried with an object. Names of `metadata` are lower case; values are any Unicode text. */
export interface ObjectProperties {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  /** The header of S3 as it was given, which need not be a date. */
  readonly expires?: string;
  /** Where S3's web server sends those who ask for the object. */
  readonly websiteRedirect?: string;
  /** How many entries of the metadata the service has, and cannot show (S3). */
  readonly hiddenMetadata?: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Written where given. No HEAD or read tells them: see `readTags`. */
  readonly tags?: Tags;
}

/** Object tags (S3) or blob index tags. */
export type Tags = Readonly<Record<string, string>>;

/** Something that a store cannot hold as it is. */
export interface Misfit {
  /** `mark`: our own, for which the metadata leave no room. */
  readonly kind: 'metadata' | 'tag' | 'header' | 'mark';
  readonly name: string;
  /** For people, without a full stop. */
  readonly why: string;
  /** `true` when no other name or form helps. Tags have none at all. */
  readonly hasNoOtherForm?: true;
}

/** The mark: what we write beside an object that we copied, so that it can be recognised and proved later. */
export interface Provenance {
  /** The ETag that the source listing gave for the copied version. */
  readonly sourceEtag: string;
  /** The object's own key, where the destination cannot hold it, and so has it under another one. */
  readonly originalKey?: string;
  /** CRC-64/NVME of the bytes that were copied, as the mark says it: a hint, since other bytes can have been written under the mark. */
  readonly crc64?: Crc64;
}

/** An object as a HEAD shows it. */
export interface ObjectHead {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  /** As in {@link ObjectEntry}, of which a HEAD tells no less than a listing; so are the next three. */
  readonly tier?: string;
  readonly isArchived?: boolean;
  readonly isRestoring?: boolean;
  readonly isFolder?: boolean;
  /** CRC-64/NVME of the whole content, which the service computed itself (S3). */
  readonly crc64?: Crc64;
  /** As in {@link ObjectEntry}. */
  readonly md5?: string;
  /** As in {@link ObjectEntry}. */
  readonly claimedMd5?: string;
}

/** A read that has begun. `body` must be consumed or destroyed. */
export interface ObjectRead {
  readonly etag: string;
  /** Bytes that `body` will deliver: the range's length, or the object's. */
  readonly contentLengthBytes: number;
  /** Where they lie in the object; not there where the answer says that it is the whole. */
  readonly contentRange?: ContentRange;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  /** Checksum of the whole object (not of the range), as in {@link ObjectHead}, where the response has it; so are the next two. */
  readonly crc64?: Crc64;
  readonly md5?: string;
  readonly claimedMd5?: string;
  /** Fails with a {@link StoreError} when the bytes end early. The store does not check them against a checksum: the copier does. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes `startByte` to `endByte`, both included, as in an HTTP range. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

/** The range in a response. */
export interface ContentRange {
  readonly startByte: number;
  /** Size of the whole object, where the response has it. */
  readonly totalBytes?: number;
}

/** Everything that is written beside an object's bytes. Plain data. */
export interface ObjectDescription {
  readonly properties: ObjectProperties;
  /** The store adds the CRC-64 of the bytes, where it knows it in time. */
  readonly provenance?: Omit<Provenance, 'crc64'>;
  /** Storage class or access tier to write the object in; what the bucket or account has for its default unless given. */
  readonly tier?: string;
}

export type FolderForm = 'slash' | 'stub';
