import type { S3Client } from '@aws-sdk/client-s3';
import { BrokenPageError } from '../../sync/flow/follow-pages.ts';
import type { Condition } from '../../sync/store/store.ts';
import { isStoreError, StoreError } from '../../sync/store/store-error.ts';
import { type CannedAcl, type NewObjectRules, type S3Encryption, toNewObjectRules } from './s3-encryption.ts';
import { type Action, toStoreError } from './s3-errors.ts';
import { refuseS3Key } from './s3-keys.ts';

/** The target of a request. */
interface Subject {
  readonly action: Action;
  readonly key: string;
  readonly signal: AbortSignal | undefined;
}

/** Bucket and key, which every request for one object has. */
interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** Requests about the objects of one bucket below one prefix. */
export interface S3Requests {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Encryption and ACL for writes. */
  readonly rules: NewObjectRules;
  /** For messages. */
  urlOf(key: string): string;
  refuseKey(key: string): string | undefined;
  /** Calls the SDK with the object of `key`. Throws StoreErrors only. */
  send<T>(subject: Subject, call: (target: Target, options: SendOptions) => Promise<T>): Promise<T>;
}

interface S3RequestsOptions extends Pick<S3Requests, 'client' | 'bucket' | 'prefix'> {
  readonly encryption?: S3Encryption | undefined;
  readonly acl?: CannedAcl | undefined;
}

export function createS3Requests({ client, bucket, prefix, encryption, acl }: S3RequestsOptions): S3Requests {
  const urlOf = (key: string) => `s3://${bucket}/${printable(prefix + key)}`;
  const refuseKey = (key: string) => refuseS3Key(prefix + key);
  return {
    client,
    bucket,
    prefix,
    rules: toNewObjectRules(encryption, acl),
    urlOf,
    refuseKey,
    async send({ action, key, signal }, call) {
      const refusal = refuseKey(key);
      if (refusal !== undefined) {
        throw new StoreError('invalid-key', `No S3 object can have the key ${JSON.stringify(key)}: ${refusal}. Rename it at the source.`);
      }
      try {
        return await call({ Bucket: bucket, Key: prefix + key }, abortable(signal));
      } catch (error) {
        // It is for the listing, which requests the page again.
        if (error instanceof BrokenPageError) throw error;
        throw toStoreError(error, { action, url: urlOf(key), signal });
      }
    },
  };
}

/** Our signal under the SDK's name for it. */
export function abortable(signal: AbortSignal | undefined): SendOptions {
  return signal === undefined ? {} : { abortSignal: signal };
}

export function conditionsOf(condition: Condition | undefined): { readonly IfNoneMatch?: string; readonly IfMatch?: string } {
  if (condition === undefined) return {};
  // S3 takes the tag of a write with quotes and without; Ceph's gateway, without.
  return condition === 'if-absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.ifMatch.replaceAll('"', '') };
}

/** Tells whether the service said that there is no such object or upload; a missing bucket is something else. */
export function isAbsent(error: unknown): boolean {
  return isStoreError(error, 'not-found') && !error.isWholeStore;
}

/** A key may hold line breaks, and a message must not. */
function printable(key: string): string {
  return key.toWellFormed().replaceAll(/\p{Cc}/gu, encodeURIComponent);
}
