import type { Crc64 } from './crc64.ts';

/** What a listing says about an object. */
export interface ObjectEntry {
  /** Relative to the store's prefix; '' for an object whose whole key is the prefix itself. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque, as the service writes it, quotes included. Comparable only with tags from the same store. */
  readonly etag: string;
  readonly lastModified: Date;
  /** MD5 of the content as 32 lower-case hex digits, where the listing proves it. */
  readonly md5?: string;
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

/** What travels with an object. Names of `metadata` are lower case; values are any Unicode text. */
export interface ObjectProperties {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Written where given. No HEAD or read tells them: see `readTags`. */
  readonly tags?: Tags;
}

/** Object tags (S3) or blob index tags. */
export type Tags = Readonly<Record<string, string>>;

/** Something that a store cannot hold as it is. */
export interface Misfit {
  readonly kind: 'metadata' | 'tag';
  readonly name: string;
  /** For people, without a full stop. */
  readonly why: string;
}

/** What we write beside an object that we copied, so that it can be recognised and proved later. */
export interface Provenance {
  /** The ETag that the source listing gave for the copied version. */
  readonly sourceEtag: string;
  /** The object's own key, where the destination cannot hold it, and so has it under another one. */
  readonly originalKey?: string;
}

/** What HEAD says about an object. */
export interface ObjectHead {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  /** As in {@link ObjectEntry}. */
  readonly tier?: string;
  /** CRC-64/NVME of the whole content, where the store (S3) or our own metadata (Blob) keeps one. */
  readonly crc64?: Crc64;
  /** MD5 of the whole content as 32 lower-case hex digits, where the store keeps one (Blob). */
  readonly md5?: string;
}

/** A read that has begun. `body` must be consumed or destroyed. */
export interface ObjectRead {
  readonly etag: string;
  /** Bytes that `body` will deliver: the range's length, or the object's. */
  readonly contentLengthBytes: number;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  /** CRC-64/NVME of the whole object (not of the range), where the store or our metadata gives one with the answer. */
  readonly crc64?: Crc64;
  /** MD5 of the whole object as 32 lower-case hex digits, where the store gives one with the answer. */
  readonly md5?: string;
  /** Fails with a {@link StoreError} when the bytes end early. The store does not check them against a checksum: the copier does. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes `startByte` to `endByte`, both included, as in an HTTP range. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

/** When a write or a delete may happen: only if the key is free, or only if the object still has this ETag. */
export type Condition = 'if-absent' | { readonly ifMatch: string };

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Only keys greater than this one, whether it exists or not. */
  readonly startAfter?: string;
  /** Only keys less than this one. */
  readonly endBefore?: string;
  /** No more entries in a page than this; the store's own choice unless given. */
  readonly pageSize?: number;
}

export interface ReadOptions extends CallOptions {
  /** The object must still have this ETag, else `precondition-failed`. */
  readonly ifMatch?: string;
  readonly range?: ByteRange;
}

/** What is written beside an object's bytes. Plain data. */
export interface ObjectDescription {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  /** Storage class or access tier to write the object in; what the bucket or account has for its default unless given. */
  readonly tier?: string;
}

export interface WriteOptions extends CallOptions, ObjectDescription {
  /** CRC-64/NVME of the body. The store refuses the write if what arrived differs. */
  readonly crc64: Crc64;
  /** Without one the write replaces whatever is there. */
  readonly condition?: Condition;
}

/** How far the service itself confirmed the bytes: their checksum, or no more than their length. */
export type Verified = 'crc64' | 'md5' | 'length';

export interface Written {
  readonly etag: string;
  readonly verified: Verified;
}

/** How an archived object is to be brought back. Plain data. */
export interface RestoreRequest {
  /** `bulk` only on S3. */
  readonly speed: 'bulk' | 'standard' | 'expedited';
  /** How long S3 keeps the restored copy, 1 or more. */
  readonly days: number;
  /** The tier in which Blob Storage has the object from then on. */
  readonly tier: 'Hot' | 'Cool' | 'Cold';
}

export interface Deleted {
  /** Whether the service keeps what was deleted, as a version or for a while; where it tells. */
  readonly isRecoverable?: boolean;
}

/** What is to be uploaded in parts. Plain data: it can be kept and used by another process. */
export interface UploadRequest extends ObjectDescription {
  readonly key: string;
  readonly sizeBytes: number;
}

/** An upload that has begun. Plain data. */
export interface Upload extends UploadRequest {
  readonly id: string;
}

/** A part that the destination holds. Numbers start at 1. */
export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** What names this version of the part to the store: needed to commit it. */
  readonly etag?: string;
  /** CRC-64/NVME of what the destination holds, where it tells. */
  readonly crc64?: Crc64;
}

export type FolderForm = 'slash' | 'stub';

/** What a store can put together from parts. */
export interface UploadLimits {
  readonly maxParts: number;
  readonly maxPartBytes: number;
}

export interface PartOptions extends CallOptions {
  /** CRC-64/NVME of the body. The store refuses the part if what arrived differs. */
  readonly crc64: Crc64;
}

export interface ListPartsOptions extends CallOptions {
  /** Only parts from this number on. */
  readonly fromNumber?: number;
  /** Only parts up to this number. */
  readonly toNumber?: number;
}

export interface CommitOptions extends CallOptions {
  readonly condition?: Condition;
  /** CRC-64/NVME of the whole object, combined from its parts. */
  readonly crc64: Crc64;
}

/**
 * One bucket or container, narrowed to a prefix. Every failure is a StoreError. `undefined` and success mean what they say: a store
 * that could not tell throws.
 */
export interface Store {
  /** For messages: the location's URL, without credentials or query. */
  readonly url: string;

  /** Pages of entries, ascending by the UTF-8 bytes of their keys, each key once. Pages may be empty. Requests are made as pages are taken. */
  list(options?: ListOptions): AsyncIterable<readonly ObjectEntry[]>;

  /** `undefined` only when the service says that there is no such object. */
  head(key: string, options?: CallOptions): Promise<ObjectHead | undefined>;

  /** The tags of the object as it is now; `not-found` when it is absent. */
  readTags(key: string, options?: CallOptions): Promise<Tags>;

  /** Starts reading; `not-found` when the object is absent, `precondition-failed` when `ifMatch` does not hold. */
  read(key: string, options?: ReadOptions): Promise<ObjectRead>;

  /** Puts one whole object, atomically: readers see the old one or all of the new one. */
  write(key: string, body: Uint8Array, options: WriteOptions): Promise<Written>;

  /** Deletes; succeeds when the object is absent already. With `ifMatch`, `precondition-failed` when it has changed. */
  delete(key: string, options?: CallOptions & { readonly ifMatch?: string }): Promise<Deleted>;

  /** Asks the service to bring an archived object back, which takes it hours; `under-way` when it has been asked before. */
  requestRestore(key: string, request: RestoreRequest, options?: CallOptions): Promise<'requested' | 'under-way'>;

  readonly uploadLimits: UploadLimits;

  /** How tools mark a folder there: by an object without bytes under `<key>/`, or under the key with the metadata `hdi_isfolder`. */
  readonly folderForm: FolderForm;

  beginUpload(request: UploadRequest, options?: CallOptions): Promise<Upload>;

  /** Puts one part; the same number again replaces it. */
  uploadPart(upload: Upload, number: number, body: Uint8Array, options: PartOptions): Promise<UploadedPart>;

  /**
   * Puts one part of `sizeBytes` that no buffer holds. Its checksum is known only at the end, so the store cannot refuse a damaged one: the
   * answer tells what arrived, and the caller compares. It is sent once: to try again is the caller's, with a new body. A body of another
   * length is `rejected`, and nothing of it is kept; the body's own error is thrown as it is.
   */
  uploadStreamedPart(
    upload: Upload,
    number: number,
    body: AsyncIterable<Uint8Array>,
    options: CallOptions & { readonly sizeBytes: number },
  ): Promise<UploadedPart>;

  /** The parts that the destination holds for this upload, ascending. */
  listParts(upload: Upload, options?: ListPartsOptions): Promise<readonly UploadedPart[]>;

  /** Makes one object of `parts`, atomically, in their order. */
  commit(upload: Upload, parts: readonly UploadedPart[], options: CommitOptions): Promise<Written>;

  /** Throws the parts away. Succeeds when there is nothing left to throw away. */
  abort(upload: Upload, options?: CallOptions): Promise<void>;

  /** Says why this store cannot hold `key`, or `undefined` when it can. */
  refuseKey(key: string): string | undefined;

  /** The key under which this store can hold what it cannot under `key`, as keyEscape writes it. What is too long stays so. */
  escapeKey(key: string): string;

  /**
   * Tells what of `properties` this store cannot hold as it is; nothing when it can hold them all. Metadata among it may still be written,
   * if it can be under another name: then `head` gives it under its own.
   */
  findMisfits(properties: ObjectProperties): readonly Misfit[];
}

/** A store that can take an object of unknown length: reports are delivered through it. */
export interface StreamTarget {
  writeStream(key: string, body: AsyncIterable<Uint8Array>, options: CallOptions & { readonly contentType: string }): Promise<void>;
}
