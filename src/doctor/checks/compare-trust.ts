import { evaluateStatements } from '../../trust/evaluate/statement.ts';
import { webIdentityRequest } from '../../trust/evaluate/web-identity.ts';
import { type Door, doorsOf } from '../../trust/lint/doors.ts';
import { checkAudiences } from '../../trust/lint/rules/audience-rules.ts';
import { checkStrangers } from '../../trust/lint/rules/open-rules.ts';
import { checkAccount } from '../../trust/lint/rules/principal-rules.ts';
import { federatedRoles, issuerOf, type Trust, webIdentityStatements, withoutScheme } from '../../trust/lint/trust.ts';
import { explainRefusal } from '../explain/explain-refusal.ts';
import { findingOf } from '../explain/known-failures.ts';
import type { Finding } from '../finding.ts';
import { type Claims, effectiveAudience } from './claims.ts';

/** A request for the role, as the doctor will send it. */
export interface TrustRequest {
  readonly claims: Claims;
  readonly sessionName: string;
  /** The role that is asked for. */
  readonly roleArn?: string;
}

/**
 * Objections of a role to this token, found without asking AWS; empty when it lets the token in, and nobody who should stay out. The policy
 * is evaluated as IAM does, for this token and for strangers with one of the same issuer. Conditions on what is not known here, such as the
 * address of the caller, are left to STS.
 */
export function compareWithTrust(request: TrustRequest, trust: Trust): readonly Finding[] {
  const roles = federatedRoles(trust);
  const refusals = roles.map((role) => refusalOf(request, { ...trust, roles: [role] }));
  const isLetIn = refusals.some((refusal) => refusal.length === 0);
  return [...(isLetIn ? [] : refusals.flat()), ...strangersLetIn(request, trust)];
}

function refusalOf(request: TrustRequest, trust: Trust): readonly Finding[] {
  const { claims, sessionName } = request;
  const statements = trust.roles.flatMap((role) => role.trust ?? []);
  const issuer = withoutScheme(claims.iss);
  const providers = providersOf(trust);
  const provider = providers.find((arn) => issuerOf(arn).includes(issuer));
  if (
    provider === undefined &&
    !trust.roles.flatMap(webIdentityStatements).some(({ principals }) => principals.some(({ id }) => id === '*'))
  )
    return [providerNotFound(claims, providers)];
  const [elsewhere] = checkAccount(
    provider ?? '',
    request.roleArn,
    'Create the OIDC provider in the account of AWS_ROLE_ARN, and name its ARN.',
  );
  if (elsewhere !== undefined) return [{ ...findingOf('provider-not-found', elsewhere.why), fix: elsewhere.fix }];
  const audience = effectiveAudience(claims);
  const registered = trust.providers.filter(({ url }) => withoutScheme(url) === issuer).flatMap(({ clientIds }) => clientIds);
  if (registered.length > 0 && !registered.includes(audience))
    return [
      findingOf('audience-not-registered', `STS will see the audience ${audience}, but the OIDC provider lists ${registered.join(', ')}.`),
    ];
  const asked = webIdentityRequest({
    provider: provider ?? `arn:aws:iam::<account>:oidc-provider/${issuer}`,
    issuer,
    audience: [audience],
    subject: [claims.sub],
    sessionName: [sessionName],
  });
  if (['allowed', 'undecided'].includes(evaluateStatements(statements, asked))) return [];
  return explainRefusal(statements, asked, request.claims);
}

function providersOf({ roles }: Trust): readonly string[] {
  const principals = roles.flatMap(({ trust = [] }) => trust.filter(({ isAllow }) => isAllow)).flatMap((one) => one.principals);
  return principals.filter(({ type }) => type === 'Federated').map(({ id }) => id);
}

function providerNotFound({ iss }: Claims, providers: readonly string[]): Finding {
  const trusted = [
    ...new Set(
      providers.flatMap((id) => [
        ...issuerOf(id),
        ...(issuerOf(id).length === 0 ? [`"${id}", which is not the ARN of an OIDC provider`] : []),
      ]),
    ),
  ];
  return findingOf('provider-not-found', `The token's issuer is ${iss}, but the role trusts ${trusted.join(', ') || 'no provider'}.`);
}

/** Other callers that get in with a token of the same issuer. Statements about other issuers are not about the bridge. */
function strangersLetIn({ claims: { iss } }: TrustRequest, { roles, providers }: Trust): readonly Finding[] {
  const isOurs = ({ provider, entra }: Door) => issuerOf(provider).includes(withoutScheme(iss)) || entra.issuer === withoutScheme(iss);
  const found = federatedRoles({ roles, providers }).flatMap(({ trust = [] }) =>
    doorsOf(trust)
      .filter(isOurs)
      .flatMap((door) => [...checkStrangers(door, trust), ...checkAudiences(door, trust, [])]),
  );
  return found.map(({ place, why, fix }) => ({ ...findingOf('trust-too-broad', `${place}: ${why}`), fix }));
}
