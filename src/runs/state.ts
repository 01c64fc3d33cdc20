/** A JSON document and the tag that guards it. */
export interface Document<T> {
  readonly value: T;
  readonly etag: string;
}

/** `if-absent`: only if there is none; `ifMatch`: only if nobody wrote it since. */
export type Guard = 'if-absent' | { readonly ifMatch: string };

/** The app's own records: blobs in one container of the host's storage account. */
export interface State {
  /** Throws a {@link DamagedDocumentError} for what is no JSON object. */
  read<T>(path: string): Promise<Document<T> | undefined>;
  /** Answers the new tag, or `undefined` when the guard refused. */
  write(path: string, value: unknown, guard?: Guard): Promise<string | undefined>;
  /** Answers whether it was removed: `false` when the guard refused or it was not there. */
  remove(path: string, guard?: { readonly ifMatch: string }): Promise<boolean>;
  /** Paths that start with `prefix`, ascending. */
  list(prefix: string): AsyncIterable<string>;
  createLog(path: string): Promise<void>;
  /** Appends to what {@link createLog} made and has `position` bytes, at most 4 MiB at once, 50,000 times. Answers its new length. */
  append(path: string, text: string, position: number): Promise<number>;
  /** The bytes from `offset` on; `undefined` when there is no such blob. */
  stream(path: string, offset?: number): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly totalBytes: number } | undefined>;
  writeStream(path: string, body: AsyncIterable<Uint8Array>, contentType: string): Promise<void>;
}
