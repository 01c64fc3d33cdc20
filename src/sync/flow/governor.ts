import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps the requests to one endpoint to as many at once as it bears. */
export interface Governor {
  /**
   * Makes one attempt at a request as soon as there is a place for it, first come first served. Rejects with an AbortError, whose cause is
   * the signal's reason, when the signal fires before that.
   */
  attempt<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** To be called within an attempt that was answered by asking for fewer requests, with the answer's Retry-After header. */
  slowDown(retryAfter?: string): void;
}

interface GovernorOptions {
  /** Attempts under way at once when nothing is throttled; 128 unless given. */
  readonly mostAtOnce?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const MOST_AT_ONCE = 128;
const SECOND_MS = 1_000;
const LONGEST_PAUSE_MS = 60 * SECOND_MS;

/** The governor of each endpoint, of which there is one in a process. */
export function createGovernors(): (endpoint: string) => Governor {
  const governors = new Map<string, Governor>();
  return (endpoint) => {
    const governor = governors.get(endpoint) ?? createGovernor();
    governors.set(endpoint, governor);
    return governor;
  };
}

export function createGovernor({ mostAtOnce = MOST_AT_ONCE, clock = Date.now, wait = sleep }: GovernorOptions = {}): Governor {
  const pace = createPace(mostAtOnce, clock);
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let isWatching = false;

  function admit(): void {
    while (waiting.length > 0 && underWay < pace.places()) {
      underWay++;
      waiting.shift()?.();
    }
    if (waiting.length > 0 && !isWatching) void watch();
  }

  /** Places come of themselves too: at the end of a pause, and with each clean second. */
  async function watch(): Promise<void> {
    isWatching = true;
    await wait(pace.pauseMs() || SECOND_MS);
    isWatching = false;
    admit();
  }

  function place(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(new DOMException('Stopped while it waited for its turn.', { name: 'AbortError', cause: signal?.reason }));
      };
      waiting.push(take);
      signal?.addEventListener('abort', giveUp);
      if (signal?.aborted) giveUp();
      else admit();
    });
  }

  return {
    async attempt(send, signal) {
      await place(signal);
      try {
        return await send();
      } finally {
        underWay--;
        admit();
      }
    },
    slowDown: pace.slowDown,
  };
}

/** Half as many places at a throttled answer, one more with each clean second, none during a pause that the service asked for. */
function createPace(mostAtOnce: number, clock: () => number) {
  let places = mostAtOnce;
  let halvedAt = Number.NEGATIVE_INFINITY;
  let resumesAt = 0;
  let cleanSince = 0;

  function grown(now: number): number {
    const cleanSeconds = Math.max(0, Math.floor((now - cleanSince) / SECOND_MS));
    return Math.min(mostAtOnce, places + cleanSeconds);
  }

  const pauseMs = () => Math.max(0, resumesAt - clock());
  return {
    pauseMs,
    places: () => (pauseMs() > 0 ? 0 : grown(clock())),
    slowDown(retryAfter?: string): void {
      const now = clock();
      places = grown(now);
      // Requests that were under way already are answered later, and say no more than the first answer did.
      if (now - halvedAt >= SECOND_MS) {
        places = Math.max(1, Math.floor(places / 2));
        halvedAt = now;
      }
      resumesAt = Math.max(resumesAt, now + pauseAskedFor(retryAfter, now));
      cleanSince = Math.max(now, resumesAt);
    },
  };
}

/** Retry-After is a number of seconds, or a date. */
function pauseAskedFor(retryAfter = '', now: number): number {
  const seconds = Number(retryAfter);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * SECOND_MS;
  return Math.min(Math.max(milliseconds || 0, 0), LONGEST_PAUSE_MS);
}
