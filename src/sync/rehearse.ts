import type { Copier } from './copy-object.ts';
import type { ObjectVersion } from './copy-task.ts';
import { explain, refuse, toReceipt, type Verdict, wouldCopy } from './copy-verdict.ts';
import type { CopyReason } from './decide.ts';
import { settleDecision } from './settle-decision.ts';
import type { Store } from './store.ts';

interface RehearsalOptions {
  readonly source: Store;
  readonly destination: Store;
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
  return async ({ entry, decision, signal }) => {
    const startedAt = clock();
    const settle = async (): Promise<Verdict | undefined> => {
      const final = await settleDecision(path, entry, decision, { signal });
      return final.action === 'copy' ? verdictOf(entry, final.reason) : undefined;
    };
    const verdict = refuse(path, entry) ?? (await settle().catch((error) => explain(path, entry, error)));
    return verdict && toReceipt(verdict, startedAt, clock());
  };
}
