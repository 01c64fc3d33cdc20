import type { AwsCredentials } from '../../src/federation/assume-role.ts';
import { createFederatedCredentials, type FederatedCredentialsOptions } from '../../src/federation/credentials.ts';
import { FederationError, type FederationErrorCode } from '../../src/federation/federation-error.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** Entra ID, STS and time, all under a test's control. */
export function simulate(options: { lifeMs?: number; random?: () => number } = {}) {
  const { lifeMs = 60 * MINUTE, random = () => 0 } = options;
  let now = Date.now();
  let failing: FederationErrorCode | undefined;
  const upcoming: FederationErrorCode[] = [];
  const tokensSeen: string[] = [];
  const sleeps: number[] = [];
  let tokenNumber = 1;

  const dependencies: FederatedCredentialsOptions = {
    clock: () => now,
    random,
    sleep: async (milliseconds) => void sleeps.push(milliseconds),
    async getToken({ forceRefresh = false } = {}) {
      if (forceRefresh) tokenNumber += 1;
      return { token: `token-${tokenNumber}`, expiresOn: new Date(now + 60 * MINUTE) };
    },
    async assumeRole(token): Promise<AwsCredentials> {
      tokensSeen.push(token);
      const code = upcoming.shift() ?? failing;
      if (code !== undefined) throw new FederationError(code, `STS says ${code}.`);
      const number = tokensSeen.length;
      return { accessKeyId: `key-${number}`, secretAccessKey: 'secret', sessionToken: 'session', expiration: new Date(now + lifeMs) };
    },
  };

  return {
    provide: createFederatedCredentials(dependencies),
    /** The token of each call of STS so far. */
    tokensSeen,
    sleeps,
    /** The next calls of STS fail, one with each code. */
    failNext: (...codes: readonly FederationErrorCode[]) => void upcoming.push(...codes),
    /** STS fails from now on, or works again. */
    failFromNow: (code: FederationErrorCode | undefined) => {
      failing = code;
    },
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
  };
}

/** Lets a refresh that goes on in the background come to its end. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
