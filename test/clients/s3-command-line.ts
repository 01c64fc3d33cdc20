import type { CommandOutcome } from './command.ts';

/** An account at an S3 endpoint, as a client is told of it. */
export interface S3Account {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What a client tells about one object. */
export interface ObjectSummary {
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A client of S3 that we did not write, driven by its command line; about one bucket. */
export interface S3CommandLine {
  /** Runs any command of it. */
  run(...args: readonly string[]): Promise<CommandOutcome>;
  /** The keys below a prefix that ends with a slash, relative to it. */
  list(prefix: string): Promise<string[]>;
  /** Puts a local file; in parts when it is larger than 8 MiB. */
  put(path: string, key: string, options?: PutOptions): Promise<void>;
  get(key: string, path: string): Promise<void>;
  copy(fromKey: string, toKey: string): Promise<void>;
  /** `undefined` when there is no such object. */
  stat(key: string): Promise<ObjectSummary | undefined>;
  remove(key: string): Promise<void>;
}
