import type { Crc64 } from './crc64.ts';
import type {
  ByteRange,
  FolderForm,
  Misfit,
  ObjectDescription,
  ObjectEntry,
  ObjectHead,
  ObjectProperties,
  ObjectRead,
  Provenance,
  Tags,
} from './objects.ts';

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
  /** Last modification in seconds since 1970, where the answer shows it (Blob). */
  readonly modifiedAt?: number;
  readonly verified: Verified;
}

/** How to restore an archived object. Plain data. */
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

/** An object to upload in parts. Plain data: another process can continue with it. */
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
  /** Identity of this version of the part in the store: needed to commit it. */
  readonly etag?: string;
  /** CRC-64/NVME of what the destination holds, where it tells. */
  readonly crc64?: Crc64;
}

/** Limits of uploads in parts. */
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

  /**
   * Puts one whole object that no buffer holds, atomically; only of a store in which something can stand in the way of an upload in parts
   * (`upload-blocked`). It is sent once, and the store refuses it if what arrived differs from `crc64`.
   */
  readonly writeStreamed?: (
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: WriteOptions & { readonly sizeBytes: number },
  ) => Promise<Written>;

  /** Deletes; succeeds when the object is absent already. With `ifMatch`, `precondition-failed` when it has changed. */
  delete(key: string, options?: CallOptions & { readonly ifMatch?: string }): Promise<Deleted>;

  /** Asks the service to bring an archived object back, which takes it hours; `under-way` when it has been asked before. */
  requestRestore(key: string, request: RestoreRequest, options?: CallOptions): Promise<'requested' | 'under-way'>;

  readonly uploadLimits: UploadLimits;

  /** How tools mark a folder there: by an object without bytes under `<key>/`, or under the key with the metadata `hdi_isfolder`. */
  readonly folderForm: FolderForm;

  beginUpload(request: UploadRequest, options?: CallOptions): Promise<Upload>;

  /**
   * Begins an upload that goes beside what others have uploaded under its key and not committed, where that is in the way (`upload-blocked`);
   * `undefined` when there is nothing of that kind, or no way. `listParts` does not know its parts.
   */
  readonly beginUploadBeside?: (request: UploadRequest, options?: CallOptions) => Promise<Upload | undefined>;

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
    options: CallOptions & { readonly sizeBytes: number; readonly md5?: string },
  ): Promise<UploadedPart>;

  /** Whether a streamed part is to come with its MD5 (base64): the store knows no other checksum, and may refuse a part without any. */
  readonly wantsMd5OfStreams?: () => Promise<boolean>;

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
   * Tells what of `properties` this store cannot hold as it is, and whether that leaves no room for our mark; nothing when it can hold all.
   * Metadata and headers among it may still be written, if they have another name or form: then `head` gives them under their own.
   */
  findMisfits(properties: ObjectProperties, provenance?: Provenance): readonly Misfit[];
}

/** A store that can take an object of unknown length: reports are delivered through it. */
export interface StreamTarget {
  writeStream(key: string, body: AsyncIterable<Uint8Array>, options: CallOptions & { readonly contentType: string }): Promise<void>;
}
