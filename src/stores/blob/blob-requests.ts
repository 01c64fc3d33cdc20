import type { BlobRequestConditions, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { BrokenPageError } from '../../sync/flow/follow-pages.ts';
import { type Crc64, crc64ToBase64 } from '../../sync/store/crc64.ts';
import { secondsOf } from '../../sync/store/object-version.ts';
import type { Condition, Written } from '../../sync/store/store.ts';
import { isStoreError, StoreError } from '../../sync/store/store-error.ts';
import { type Action, toStoreError } from './blob-errors.ts';
import { refuseBlobName } from './blob-keys.ts';

/** The target of a request. */
interface Subject {
  readonly action: Action;
  readonly key: string;
  readonly signal: AbortSignal | undefined;
}

/** Under which scope of the account a blob is encrypted; the container's default unless given. */
export interface BlobEncryption {
  readonly encryptionScope?: string;
}

/** Requests about the blobs of one container below one prefix. */
export interface BlobRequests {
  readonly container: ContainerClient;
  readonly prefix: string;
  /** Encryption scope for writes. Blocks and the list that commits them must name the same scope. */
  readonly encryption: BlobEncryption;
  /** For messages: without credentials or query. */
  urlOf(key: string): string;
  refuseKey(key: string): string | undefined;
  /** Calls the SDK with the blob of `key`. Throws StoreErrors only. */
  send<T>(subject: Subject, call: (blob: BlockBlobClient) => Promise<T>): Promise<T>;
}

export function createBlobRequests(container: ContainerClient, prefix: string, encryption: BlobEncryption = {}): BlobRequests {
  const { origin, pathname } = new URL(container.url);
  const urlOf = (key: string) => `${origin}${pathname}/${(prefix + key).split('/').map(encodeURIComponent).join('/')}`;
  const refuseKey = (key: string) => refuseBlobName(prefix + key);
  return {
    container,
    prefix,
    encryption,
    urlOf,
    refuseKey,
    async send({ action, key, signal }, call) {
      const refusal = refuseKey(key);
      if (refusal !== undefined) {
        throw new StoreError('invalid-key', `No blob can have the key ${JSON.stringify(key)}: ${refusal}. Rename it at the source.`);
      }
      try {
        return await call(container.getBlockBlobClient(prefix + key));
      } catch (error) {
        // It is for the listing, which requests the page again.
        if (error instanceof BrokenPageError) throw error;
        throw toStoreError(error, { action, url: urlOf(key), signal });
      }
    },
  };
}

/** Our signal under the SDK's name for it. */
export function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

export function conditionsOf(condition: Condition | undefined): BlobRequestConditions {
  if (condition === undefined) return {};
  return condition === 'if-absent' ? { ifNoneMatch: '*' } : condition;
}

export function crc64Bytes(crc64: Crc64): Uint8Array {
  return Buffer.from(crc64ToBase64(crc64, 'little-endian'), 'base64');
}

/** Tells whether the service said that there is no such blob; a missing container is something else. */
export function isAbsent(error: unknown): boolean {
  return isStoreError(error, 'not-found') && !error.isWholeStore;
}

/** When the answer to a write says that the blob was modified. */
export function modifiedAtIn({ lastModified }: { readonly lastModified?: Date }): Pick<Written, 'modifiedAt'> {
  return lastModified === undefined ? {} : { modifiedAt: secondsOf(lastModified) };
}
