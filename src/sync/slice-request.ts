import type { Comparison } from './compare/decide.ts';
import type { FolderMarkers } from './compare/folder-markers.ts';
import type { KeyMapping } from './compare/key-mapping.ts';
import type { OverwriteRules } from './compare/overwrite.ts';
import type { Restorer } from './copy/restore.ts';
import type { Filter } from './filter/filter.ts';
import type { BufferPool } from './flow/buffer-pool.ts';
import type { ProvedPair } from './pairs/proved-pair.ts';
import type { CarryOptions } from './properties/carry-options.ts';
import type { Store } from './store/store.ts';

export interface SliceRequest extends OverwriteRules {
  readonly source: Store;
  readonly destination: Store;
  /** The keys that the sync is about, ascending, in place of both listings. They are in the slice's part, and behind `startAfter`. */
  readonly keys?: AsyncIterable<string>;
  /** The last key that an earlier slice dealt with. */
  readonly startAfter?: string;
  /** Where the slice's part of the keys ends: keys from this one on are not its own. */
  readonly endBefore?: string;
  /** The versions that were proved equal before, of the keys behind `startAfter`, ascending; none unless given. */
  readonly proved?: AsyncIterable<ProvedPair>;
  /** Which objects the sync is about; all unless given. */
  readonly filter?: Filter;
  /** `copy` unless given. */
  readonly folderMarkers?: FolderMarkers;
  /** Which keys belong together; the same ones unless given. */
  readonly mapping?: KeyMapping;
  readonly comparison: Comparison;
  /** Objects under way at once, 1 or more. */
  readonly concurrency: number;
  readonly pool: BufferPool;
  readonly carry?: CarryOptions;
  /** Restores archived objects; they are skipped unless given. */
  readonly restore?: Restorer;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After this time of `clock` no new object is started; at least one is dealt with all the same. */
  readonly softDeadline: number;
  /** Ends the slice early, as if at its deadline. Asked when an object is begun; at least one is dealt with all the same. */
  readonly mustYield?: () => boolean;
  /** Stops at once: what is under way is broken off, its objects count as not dealt with. */
  readonly signal: AbortSignal;
  /** Objects of this size and more are not copied but told of; 256 MiB unless given. */
  readonly largeObjectBytes?: number;
  /** Nothing is copied: receipts tell of each object whether its copy has the same content. */
  readonly audit?: { readonly readContent: boolean };
  /** Whether objects that only the destination has get a receipt: they may be deleted once everything is compared. */
  readonly reportExtraneous?: boolean;
  /** Nothing is written: receipts tell what would be. Large objects are like others then. */
  readonly isRehearsal?: boolean;
  /** After so many large objects the slice ends as if at its deadline; 32 unless given. */
  readonly maxLargeObjects?: number;
}

/** `done`: the listings are at their end; `deadline`: go on from the last outcome's key. */
export type SliceEnd = 'done' | 'deadline';
