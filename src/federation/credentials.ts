import type { AssumeRole } from './assume-role.ts';
import type { GetToken } from './identity.ts';
import { createRefreshingProvider, type Provider } from './refreshing-provider.ts';
import { REAL_TIMING, type Timing } from './timing.ts';
import { createTokenExchange } from './token-exchange.ts';

export interface FederatedCredentialsOptions extends Partial<Timing> {
  readonly getToken: GetToken;
  readonly assumeRole: AssumeRole;
}

/** A credentials provider for AWS SDK clients, to be shared by all clients of a run. */
export type FederatedCredentials = Provider & { readonly memoized: true };

/**
 * Credentials that renew themselves by federation. Throws {@link FederationError} when there are none.
 *
 * The SDK's clients each wrap a provider in a cache of their own, which fails requests when a refresh does, although the credentials
 * are still valid. `memoized` tells them that this one needs none.
 */
export function createFederatedCredentials({ getToken, assumeRole, ...timing }: FederatedCredentialsOptions): FederatedCredentials {
  const { clock, random, sleep } = { ...REAL_TIMING, ...timing };
  const exchange = createTokenExchange(getToken, assumeRole, { random, sleep });
  return Object.assign(createRefreshingProvider(exchange, { clock, random }), { memoized: true as const });
}
