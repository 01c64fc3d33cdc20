import type { CallOptions } from './store.ts';

/** An upload in parts that was begun, and neither completed nor aborted. S3 keeps its parts, and charges for them. */
export interface LeftoverUpload {
  /** Relative to the prefix. */
  readonly key: string;
  readonly id: string;
  readonly initiatedAt: Date;
  /** Name of the session that began it, where that was one of a role. */
  readonly sessionName?: string;
}

/** The uploads that are under way below one prefix, whoever began them, of a store that keeps them for ever. Throws StoreErrors only. */
export interface LeftoverUploads {
  /** Pages, ascending by the UTF-8 bytes of the keys. Requests are made as pages are taken. */
  list(options?: CallOptions): AsyncIterable<readonly LeftoverUpload[]>;
  /** Succeeds when it is gone already. */
  abort(upload: Pick<LeftoverUpload, 'key' | 'id'>, options?: CallOptions): Promise<void>;
}
