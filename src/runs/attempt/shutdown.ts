/** The end of this process, as far as its work has to know of it. */
export interface Shutdown {
  /** It has begun: nothing new is started. */
  isUnderWay(): boolean;
  /** Calls `stop` when what is still under way has to be broken off, at once where that is over. Returns how to take it back. */
  onBreakOff(stop: () => void): () => void;
  begin(): void;
}

/** Objects under way get so long to end by themselves. The real host leaves 5 s for this, and for entering what was done. */
const FINISH_MS = 2_000;

export function createShutdown(finishMs = FINISH_MS): Shutdown {
  const stops = new Set<() => void>();
  let isUnderWay = false;
  let isBrokenOff = false;

  function breakOff(): void {
    isBrokenOff = true;
    for (const stop of stops) stop();
    stops.clear();
  }

  return {
    isUnderWay: () => isUnderWay,
    onBreakOff(stop) {
      if (isBrokenOff) stop();
      else stops.add(stop);
      return () => void stops.delete(stop);
    },
    begin() {
      if (isUnderWay) return;
      isUnderWay = true;
      setTimeout(breakOff, finishMs).unref();
    },
  };
}
