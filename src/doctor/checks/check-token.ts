import type { Environment } from '../../config/environment.ts';
import { isFederationError } from '../../federation/federation-error.ts';
import type { Identity } from '../../federation/identity.ts';
import { checkFirstParty } from '../../trust/lint/rules/audience-rules.ts';
import { findingOf, recognise } from '../explain/known-failures.ts';
import { BrokenLink } from '../finding.ts';
import type { Report, Walk } from '../walk.ts';
import { type Claims, readClaims, showClaims } from './claims.ts';

/** These ask the endpoint for managed identities, which the platform tells by IDENTITY_ENDPOINT. */
const MANAGED_MODES: readonly Identity['mode'][] = ['managed-identity', 'federated-app'];

interface TokenSubject {
  readonly identity: Pick<Identity, 'mode' | 'getToken'>;
  readonly audience: string;
  readonly environment: Environment;
  readonly clock: () => number;
}

/** Two links by one question: whether Entra ID knows the identity, and whether it gives a token for the audience. Answers the token's claims. */
export async function checkIdentityAndToken(walk: Walk, subject: TokenSubject): Promise<Claims> {
  const attempt = await walk.check('identity', async (report) => {
    const { mode, getToken } = subject.identity;
    report.note({ mode });
    if (MANAGED_MODES.includes(mode)) report.note({ IDENTITY_ENDPOINT: subject.environment['IDENTITY_ENDPOINT'] ? 'set' : 'not set' });
    try {
      return { token: (await getToken()).token };
    } catch (error) {
      if (isFederationError(error, 'unknown-audience', 'not-assigned')) return { error };
      throw error;
    }
  });
  return walk.check('token', (report) => {
    if (attempt.error !== undefined) throw attempt.error;
    return checkToken(attempt.token, subject, report);
  });
}

function checkToken(token: string, { audience, environment, clock }: TokenSubject, report: Report): Claims {
  const claims = readClaims(token);
  if (claims === undefined) throw new BrokenLink([findingOf('token-without-audience')]);
  report.note(showClaims(claims));
  const exchange = recognise({ text: '', claims });
  if (exchange.length > 0) throw new BrokenLink(exchange);
  const [firstParty] = checkFirstParty([audience], 'BRIDGE_AUDIENCE');
  if (firstParty !== undefined) throw new BrokenLink([findingOf('trust-too-broad', `BRIDGE_AUDIENCE is ${audience}. ${firstParty.why}`)]);
  if (claims.exp * 1_000 < clock()) throw new BrokenLink([findingOf('token-expired', 'The token that Entra ID gave has expired already.')]);
  checkPrincipal(claims, environment);
  return claims;
}

function checkPrincipal({ sub, tid }: Claims, environment: Environment): void {
  const expected = environment['BRIDGE_EXPECTED_SUBJECT']?.trim();
  if (expected && expected !== sub)
    throw new BrokenLink([findingOf('principal-unexpected', `The token is for ${sub}, but BRIDGE_EXPECTED_SUBJECT is ${expected}.`)]);
  const tenant = environment['AZURE_TENANT_ID']?.trim();
  if (tenant && tid && /^[\da-f-]{36}$/i.test(tenant) && tenant.toLowerCase() !== tid.toLowerCase())
    throw new BrokenLink([findingOf('tenant-or-cloud-wrong', `The token is of the tenant ${tid}, but AZURE_TENANT_ID is ${tenant}.`)]);
}
