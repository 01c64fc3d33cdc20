import type { S3Client } from '@aws-sdk/client-s3';
import type { ContainerClient } from '@azure/storage-blob';

/** What an object that another program wrote is. */
export interface LeftObject {
  readonly key: string;
  readonly bytes: Buffer;
  /** As the bridge has to show it: names in lower case, values decoded. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether a listing shows that it stands for a folder. */
  readonly isFolder?: boolean;
  readonly isArchived?: boolean;
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

/** How a program leaves something in a container. Returns what is there then. */
export interface BlobClientHabit {
  readonly name: string;
  readonly leave: (container: ContainerClient) => Promise<LeftObject>;
}

/** A bucket, and a client that does what it is told and nothing more. */
export interface BucketAccess {
  readonly client: S3Client;
  readonly bucket: string;
}

/** How a program leaves something in a bucket. Returns what is there then. */
export interface S3ClientHabit {
  readonly name: string;
  readonly leave: (access: BucketAccess) => Promise<LeftObject>;
}

export function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64');
}
