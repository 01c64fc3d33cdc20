import type { AwsCredentials } from './assume-role.ts';
import type { Timing } from './timing.ts';

const MAX_EARLY_MS = 10 * 60_000;
/** Refreshes of many instances must not coincide: each begins up to this share earlier. */
const JITTER = 0.2;
/** Requests that are signed now must still be valid when they arrive. */
const MAX_MARGIN_MS = 60_000;
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 60_000;

interface ProviderOptions {
  /** Get new credentials even though those at hand are valid. */
  readonly forceRefresh?: boolean;
}

export type Provider = (options?: ProviderOptions) => Promise<AwsCredentials>;

interface Held {
  readonly credentials: AwsCredentials;
  readonly refreshFromMs: number;
  readonly usableUntilMs: number;
}

interface Failure {
  readonly error: unknown;
  readonly count: number;
  readonly retryFromMs: number;
}

/**
 * Keeps the credentials that `load` gives, and gets new ones before they expire: in the background, at most one call at a time, while
 * callers go on with those at hand. A failed refresh is an error only when none are left; it is not repeated before a pause that grows.
 */
export function createRefreshingProvider(load: () => Promise<AwsCredentials>, timing: Omit<Timing, 'sleep'>): Provider {
  let held: Held | undefined;
  let failure: Failure | undefined;
  let loading: Promise<AwsCredentials> | undefined;

  async function loadAndHold(): Promise<AwsCredentials> {
    try {
      const credentials = await load();
      held = hold(credentials, timing);
      failure = undefined;
      return credentials;
    } catch (error) {
      failure = afterFailure(error, (failure?.count ?? 0) + 1, timing);
      throw error;
    } finally {
      loading = undefined;
    }
  }

  function refresh(): Promise<AwsCredentials> {
    if (failure !== undefined && timing.clock() < failure.retryFromMs) return Promise.reject(failure.error);
    loading ??= loadAndHold();
    return loading;
  }

  return async ({ forceRefresh = false } = {}) => {
    const now = timing.clock();
    if (forceRefresh || held === undefined || now >= held.usableUntilMs) return refresh();
    // The failure is kept: who needs new credentials before the next attempt is told.
    if (now >= held.refreshFromMs) refresh().catch(() => undefined);
    return held.credentials;
  };
}

function hold(credentials: AwsCredentials, { clock, random }: Omit<Timing, 'sleep'>): Held {
  const expiresAt = credentials.expiration.getTime();
  const life = expiresAt - clock();
  const early = Math.min(MAX_EARLY_MS, life / 4) * (1 + JITTER * random());
  return { credentials, refreshFromMs: expiresAt - early, usableUntilMs: expiresAt - Math.min(MAX_MARGIN_MS, life / 10) };
}

function afterFailure(error: unknown, count: number, { clock, random }: Omit<Timing, 'sleep'>): Failure {
  const pause = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (count - 1));
  return { error, count, retryFromMs: clock() + pause * (0.5 + random() / 2) };
}
