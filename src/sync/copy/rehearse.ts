import type { CopyReason } from '../compare/decide.ts';
import { resolveDecision } from '../compare/resolve-decision.ts';
import { archived, type Current, current, explain, refuse, toReceipt, type Verdict, wouldCopy } from '../outcomes/verdict.ts';
import type { CarryOptions } from '../properties/carry-options.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Store } from '../store/store.ts';
import { type Copier, type CopyRequest, orRestore } from './copy-object.ts';
import type { Restorer } from './restore.ts';

interface RehearsalOptions {
  readonly source: Store;
  readonly destination: Store;
  readonly carry?: CarryOptions;
  /** For what is archived; passed over unless given. */
  readonly restore?: Restorer;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Tells what a {@link Copier} would do, and writes nothing. It reads no object to copy it: one that cannot be read is told of as if it
 * could. `verdictOf` is what becomes of an object that a Copier would copy.
 */
export function createRehearsal(
  { clock, ...path }: RehearsalOptions,
  verdictOf: (entry: ObjectVersion, reason: CopyReason) => Verdict = wouldCopy,
): Copier {
  async function resolve({ entry, decision, signal }: CopyRequest): Promise<Verdict | Current> {
    const final = await resolveDecision(path, entry, decision, { signal, readContent: true });
    if (final.action !== 'copy') return current(entry, final.destination, final);
    return orRestore(entry.isArchived === true ? archived(entry) : verdictOf(entry, final.reason), path, entry, signal);
  }

  return async (request) => {
    const startedAt = clock();
    const { entry } = request;
    const verdict = refuse(path, entry) ?? (await resolve(request).catch((error) => explain(path, entry, error)));
    return verdict.action === 'current' ? verdict : toReceipt(verdict, startedAt, clock());
  };
}
