import type { AssumeRole, AwsCredentials } from './assume-role.ts';
import { isFederationError } from './federation-error.ts';
import type { GetToken } from './identity.ts';
import { retryTransient } from './retry.ts';
import type { Timing } from './timing.ts';

/**
 * Trades a token for credentials, again and again: each call takes the identity's current token, tries STS up to five times, and, if
 * that token has expired on the way, once more with a fresh one. Getting the token is not retried here: `@azure/identity` does that.
 */
export function createTokenExchange(
  getToken: GetToken,
  assumeRole: AssumeRole,
  timing: Omit<Timing, 'clock'>,
): () => Promise<AwsCredentials> {
  const exchange = (token: string) => retryTransient(() => assumeRole(token), timing);

  return async () => {
    const { token } = await getToken();
    try {
      return await exchange(token);
    } catch (error) {
      if (!isFederationError(error, 'expired-token')) throw error;
      const fresh = await getToken({ forceRefresh: true });
      return exchange(fresh.token);
    }
  };
}
