import type { Location } from '../locations.ts';
import type { SyncOptions } from '../options/sync-options.ts';
import type { Route } from './overlap.ts';

/** A configured job or an ad hoc request, as far as others may be in its way. */
export interface Contender extends Route {
  /** For messages: `job "nightly"`, or `the request`. */
  readonly label: string;
  readonly name?: string;
  readonly options: SyncOptions;
  readonly reportTo?: Location | undefined;
  readonly schedule?: string | undefined;
  /** It is wrong by itself, and so is not run; the copies that it made before count. */
  readonly isWrong?: boolean;
}

/** A conflict between jobs. */
export interface Conflict {
  /** All that take part. */
  readonly involved: readonly Contender[];
  /** Those of them that destroy something, and so must not run; none where it is only a warning. */
  readonly refused: readonly Contender[];
  /** The consequence and the remedy, for people. */
  readonly message: string;
}

/** Tells whether runs change anything at the destination. */
export function isWriting({ options }: Contender): boolean {
  return options.dryRun !== true && options.verify !== true;
}

/** Tells whether runs delete what only the destination has. */
export function isMirror(contender: Contender): boolean {
  return contender.options.delete !== undefined && isWriting(contender);
}

export function refusal(refused: readonly Contender[], involved: readonly Contender[], message: string): Conflict {
  return { involved, refused, message };
}

export function warning(involved: readonly Contender[], message: string): Conflict {
  return { involved, refused: [], message };
}
