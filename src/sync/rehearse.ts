import type { Copier } from './copy-object.ts';
import { explain, refuse, toReceipt, type Verdict, wouldCopy } from './copy-verdict.ts';
import { settleDecision } from './settle-decision.ts';
import type { Store } from './store.ts';

interface RehearsalOptions {
  readonly source: Store;
  readonly destination: Store;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Tells what a {@link Copier} would do, and writes nothing. It reads no object: one that cannot be read is told of as if it could. */
export function createRehearsal({ clock, ...path }: RehearsalOptions): Copier {
  return async ({ entry, decision, signal }) => {
    const startedAt = clock();
    const verdictOf = async (): Promise<Verdict | undefined> => {
      const final = await settleDecision(path, entry, decision, { signal });
      return final.action === 'copy' ? wouldCopy(entry, final.reason) : undefined;
    };
    const verdict = refuse(path, entry) ?? (await verdictOf().catch((error) => explain(path, entry, error)));
    return verdict && toReceipt(verdict, startedAt, clock());
  };
}
