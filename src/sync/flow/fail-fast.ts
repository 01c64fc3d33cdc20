/** Several calls under way, of which the first failure ends the others and is the one that is told. */
export interface FailFast {
  /** Fires with the outer signal, and at the first failure. */
  readonly signal: AbortSignal;
  /** Passes on what the call gives; its failure ends the others, if it is one that does. */
  guard<T>(call: Promise<T>): Promise<T>;
  /** The failure that came first, in place of `error`, which may be its consequence. */
  firstOr(error: unknown): unknown;
}

/** Every failure ends the other calls, unless `endsOthers` says that this one does not. */
export function createFailFast(outer: AbortSignal, endsOthers: (error: unknown) => boolean = () => true): FailFast {
  const stop = new AbortController();
  return {
    signal: AbortSignal.any([outer, stop.signal]),
    async guard(call) {
      try {
        return await call;
      } catch (error) {
        if (endsOthers(error)) stop.abort(error);
        throw error;
      }
    },
    firstOr: (error) => (stop.signal.aborted ? stop.signal.reason : error),
  };
}
