import { conditionTruth, type PolicyCondition } from '../../trust/evaluate/conditions.ts';
import { type AccessRequest, matchesAction, matchesPrincipal, type Statement, statementTruth } from '../../trust/evaluate/statement.ts';
import { ASSUME_WITH_TOKEN } from '../../trust/evaluate/web-identity.ts';
import { entraIssuerOf } from '../../trust/lint/entra-issuer.ts';
import { explainKey } from '../../trust/lint/explain-condition.ts';
import { withoutScheme } from '../../trust/lint/trust.ts';
import { type Claims, effectiveAudience } from '../checks/claims.ts';
import type { Finding } from '../finding.ts';
import { findingOf } from './known-failures.ts';

/** Why a policy refuses a token, with the statement, the condition and the value at fault. */
export function explainRefusal(statements: readonly Statement[], request: AccessRequest, claims: Claims): readonly Finding[] {
  const denying = statements.filter((one) => !one.isAllow && statementTruth(one, request) === 'yes');
  if (denying.length > 0) return denying.map((one) => explainDeny(one, request));
  const meant = statements.filter((one) => one.isAllow && matchesPrincipal(one, request.principal));
  const allowing = meant.filter((one) => matchesAction(one, ASSUME_WITH_TOKEN));
  if (allowing.length === 0) return [wrongAction(meant)];
  const [nearest] = allowing.toSorted((a, b) => failing(a, request).length - failing(b, request).length);
  if (nearest === undefined) return [];
  const [absent, unmet] = partition(failing(nearest, request), ({ key }) => request.context.get(key.toLowerCase()) === undefined);
  return [...explainAbsent(absent, nearest, claims), ...unmet.map((condition) => explainUnmet(condition, request, claims))];
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}

/** Keys that the request lacks, those with the same mistake together. */
function explainAbsent(conditions: readonly PolicyCondition[], { place }: Statement, { iss }: Claims): readonly Finding[] {
  const issuer = withoutScheme(iss);
  const entra = { ...(entraIssuerOf(issuer) ?? { version: 1, tenant: '' }), issuer } as const;
  const byRule = Map.groupBy(conditions, ({ key }) => explainKey(key, entra).rule);
  return [...byRule.values()].map((alike) => {
    const keys = alike.map(({ key }) => key).join(' and ');
    const remedies = alike.map(({ key }) => explainKey(key, entra));
    return {
      ...findingOf(
        'condition-key-prefix',
        `${place}: the request has no condition key ${keys}. Keys on claims must begin with ${issuer}:.`,
      ),
      cause: remedies[0]?.why ?? '',
      fix: [...new Set(remedies.map(({ fix }) => fix))].join(' '),
    };
  });
}

function failing({ conditions, hasVariables }: Statement, { context }: AccessRequest): readonly PolicyCondition[] {
  return conditions.filter((condition) => conditionTruth(condition, context, hasVariables) === 'no');
}

function wrongAction(meant: readonly Statement[]): Finding {
  const actions = meant.flatMap(({ actions }) => actions).join(', ');
  return {
    ...findingOf('trust-does-not-match', `The role allows this provider ${actions || 'nothing'}, but not ${ASSUME_WITH_TOKEN}.`),
    cause: 'A token can be used for no other action.',
    fix: `Write "Action": "${ASSUME_WITH_TOKEN}" in the trust policy.`,
  };
}

function explainDeny({ place, conditions }: Statement, { context }: AccessRequest): Finding {
  const keys = conditions.map(
    ({ operator, key }) => `${operator} on ${key}${context.get(key.toLowerCase()) === undefined ? ' (not part of the request)' : ''}`,
  );
  return {
    ...findingOf('trust-does-not-match', `${place} denies this token: ${keys.join(', ') || 'it has no condition'}.`),
    cause: 'An explicit Deny beats every Allow. A negated operator also holds for a key that the request lacks.',
    fix: 'Correct the keys and values of the Deny, or remove it.',
  };
}

function explainUnmet({ key, operator, values }: PolicyCondition, { context }: AccessRequest, claims: Claims): Finding {
  const wanted = `${values.join(' or ') || 'nothing'} (${operator})`;
  if (key.toLowerCase().endsWith(':aud')) return explainAudience(wanted, values, claims);
  const symptom = `${key} is ${String(context.get(key.toLowerCase()))}, but the role wants ${wanted}.`;
  return { ...findingOf('trust-does-not-match', symptom), ...explainValue(key, values, claims) };
}

function explainAudience(wanted: string, values: readonly string[], claims: Claims): Finding {
  const audience = effectiveAudience(claims);
  const id = claims.azp === undefined ? 'trust-does-not-match' : 'version-2-audience';
  const finding = findingOf(id, `STS will see the audience ${audience}, but the role wants ${wanted}.`);
  if (claims.azp !== undefined) return finding;
  return {
    ...finding,
    cause: causeOf(audience, values),
    fix: `Write "${audience}" in the condition on :aud, or request a token for the audience that is there (BRIDGE_AUDIENCE).`,
  };
}

function explainValue(key: string, values: readonly string[], { sub, appid, azp }: Claims): Pick<Finding, 'cause' | 'fix'> | undefined {
  if (!key.toLowerCase().endsWith(':sub')) return undefined;
  const fix = `Write "${sub}" in the condition on :sub, if this identity is to come in.`;
  const clientId = appid ?? azp;
  if (clientId !== undefined && values.some((value) => value.toLowerCase() === clientId.toLowerCase()))
    return {
      cause: `${clientId} is the client id (appid) of this identity. The subject is its object id, of the managed identity or the service principal.`,
      fix,
    };
  return { cause: causeOf(sub, values), fix };
}

function causeOf(actual: string, values: readonly string[]): string {
  const isLike = (change: (text: string) => string) => values.some((value) => change(value) === change(actual));
  if (isLike((text) => text.toLowerCase())) return 'The value differs only in upper and lower case, which IAM compares.';
  if (isLike((text) => text.replace(/\/+$/, '').trim()))
    return 'The value differs only by a slash or a space at its end, which IAM compares.';
  if (isLike((text) => text.replace(/\/\.default$/, '')))
    return 'The value ends with "/.default", which belongs to the scope, not to the audience.';
  if (values.some((value) => /[*?]/.test(value))) return 'A wildcard is text under this operator, or the pattern does not match.';
  return 'The token is for another identity or audience than the role names.';
}
