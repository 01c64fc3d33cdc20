import type { Readable } from 'node:stream';
import type { Caller } from '../auth/authenticate.ts';
import type { AwsRequest } from '../aws-request.ts';
import type { BucketSettings } from '../storage/buckets.ts';
import type { Storage } from '../storage/storage.ts';

/** Where and as what the operations of S3 run. */
export interface S3Environment {
  readonly storage: Storage;
  readonly accountId: string;
  readonly region: string;
  readonly clock: () => Date;
}

/** One request whose sender is known. */
export interface S3Call {
  readonly request: AwsRequest;
  readonly caller: Caller;
  /** '' when the request is about no bucket. */
  readonly bucket: string;
  /** '' when the request is about no object. */
  readonly key: string;
  /** Those of the bucket. */
  readonly settings: BucketSettings;
  /** Tells whether the caller may do `action`, such as `s3:GetObject`. `context` adds condition keys. */
  allows(action: string, arn: string, context?: Readonly<Record<string, string>>): boolean;
  /** Throws `AccessDenied` when the caller may not. */
  authorize(action: string, arn: string, context?: Readonly<Record<string, string>>): void;
}

export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An XML document, or an object's bytes. */
  readonly body?: string | Readable;
}

export type S3Operation = (call: S3Call) => S3Response | Promise<S3Response>;

export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}
