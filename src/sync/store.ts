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
}

/** Headers and user metadata that travel with an object. Names of `metadata` are lower case; values are any Unicode text. */
export interface ObjectProperties {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What we write beside an object that we copied, so that it can be recognised and proved later. */
export interface Provenance {
  /** The ETag that the source listing gave for the copied version. */
  readonly sourceEtag: string;
}

/** What HEAD says about an object. */
export interface ObjectHead {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
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
}

export interface ReadOptions extends CallOptions {
  /** The object must still have this ETag, else `precondition-failed`. */
  readonly ifMatch?: string;
  readonly range?: ByteRange;
}

export interface WriteOptions extends CallOptions {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
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

/** What is to be uploaded in parts. Plain data: it can be kept and used by another process. */
export interface UploadRequest {
  readonly key: string;
  readonly sizeBytes: number;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
}

/** An upload that has begun. Plain data. */
export interface Upload extends UploadRequest {
  readonly id: string;
}

/** A part that the destination holds. Numbers start at 1. */
export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** The service's tag of the part, where it has one (S3). */
  readonly etag?: string;
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

  /** Starts reading; `not-found` when the object is absent, `precondition-failed` when `ifMatch` does not hold. */
  read(key: string, options?: ReadOptions): Promise<ObjectRead>;

  /** Puts one whole object, atomically: readers see the old one or all of the new one. */
  write(key: string, body: Uint8Array, options: WriteOptions): Promise<Written>;

  /** Deletes; succeeds when the object is absent already. With `ifMatch`, `precondition-failed` when it has changed. */
  delete(key: string, options?: CallOptions & { readonly ifMatch?: string }): Promise<void>;

  beginUpload(request: UploadRequest, options?: CallOptions): Promise<Upload>;

  /** Puts one part; the same number again replaces it. */
  uploadPart(upload: Upload, number: number, body: Uint8Array, options: CallOptions & { readonly crc64: Crc64 }): Promise<UploadedPart>;

  /** The parts that the destination holds for this upload, ascending. */
  listParts(upload: Upload, options?: CallOptions): Promise<readonly UploadedPart[]>;

  /** Makes one object of `parts`, atomically, in their order. */
  commit(upload: Upload, parts: readonly UploadedPart[], options: CommitOptions): Promise<Written>;

  /** Throws the parts away. Succeeds when there is nothing left to throw away. */
  abort(upload: Upload, options?: CallOptions): Promise<void>;

  /** Says why this store cannot hold `key`, or `undefined` when it can. */
  refuseKey(key: string): string | undefined;
}

/** A store that can take an object of unknown length: reports are delivered through it. */
export interface StreamTarget {
  writeStream(key: string, body: AsyncIterable<Uint8Array>, options: CallOptions & { readonly contentType: string }): Promise<void>;
}
