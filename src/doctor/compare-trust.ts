import { checkAudiences } from '../trust/lint/audience-rules.ts';
import { claimConditions } from '../trust/lint/claim-conditions.ts';
import { checkClaims } from '../trust/lint/claim-rules.ts';
import { issuerOf } from '../trust/lint/issuer-rules.ts';
import type { PolicyCondition, Statement } from '../trust/lint/policy-document.ts';
import { federatedRoles, type Trust, webIdentityStatements, withoutScheme } from '../trust/lint/trust.ts';
import { type Claims, effectiveAudience } from './claims.ts';
import type { Finding } from './finding.ts';
import { findingOf } from './known-failures.ts';

/** What STS would hold against the conditions. */
interface Request {
  readonly claims: Claims;
  readonly sessionName: string;
}

/**
 * What a role would have against this token, found without asking AWS; empty when it lets the token in, and nobody who should stay out.
 * It judges the provider, `:aud`, `:sub` and the session name; other conditions are left to STS.
 */
export function compareWithTrust(request: Request, trust: Trust): readonly Finding[] {
  const statements = federatedRoles(trust).flatMap(webIdentityStatements);
  const open = statements.flatMap((statement) => waysIn(statement, trust));
  if (open.length > 0) return open;
  const objections = statements.map((statement) => issuerObjection(request.claims, statement) ?? claimObjection(request, statement));
  if (objections.includes(undefined)) return [];
  // A statement of the token's own issuer is the one that was meant.
  const meant = objections.find((objection) => objection?.id !== 'provider-not-found') ?? objections[0];
  return meant === undefined ? [] : [meant];
}

/** Ways in for principals that nobody has named. */
function waysIn(statement: Statement, { providers }: Trust): readonly Finding[] {
  const found = [...checkClaims(statement), ...checkAudiences(statement, providers)];
  return found.map(({ rule, place, why }) =>
    findingOf(rule === 'provider/audience-not-listed' ? 'audience-not-registered' : 'trust-too-broad', `${place}: ${why}`),
  );
}

function issuerObjection({ iss }: Claims, statement: Statement): Finding | undefined {
  const issuer = withoutScheme(iss);
  const trusted = statement.principals.flatMap(issuerOf);
  if (!trusted.includes(issuer))
    return findingOf('provider-not-found', `The token's issuer is ${iss}, but the role trusts ${trusted.join(', ') || 'no provider'}.`);
  const foreign = claimConditions(statement).find((condition) => condition.issuer.toLowerCase() !== issuer.toLowerCase());
  return (
    foreign && findingOf('condition-key-prefix', `The condition key ${foreign.key} is not of the issuer: it must begin with ${issuer}:`)
  );
}

function claimObjection({ claims, sessionName }: Request, statement: Statement): Finding | undefined {
  const audience = effectiveAudience(claims);
  const unmet = (suffix: string, actual: string) =>
    statement.conditions.find((condition) => condition.key.toLowerCase().endsWith(suffix) && !holds(condition, actual));
  const audienceCondition = unmet(':aud', audience);
  if (audienceCondition !== undefined) {
    const id = claims.azp === undefined ? 'trust-does-not-match' : 'version-2-audience';
    return findingOf(id, `STS will see the audience ${audience}, but the role wants ${wanted(audienceCondition)}.`);
  }
  const subject = unmet(':sub', claims.sub);
  if (subject) return findingOf('trust-does-not-match', `${subject.key} is ${claims.sub}, but the role wants ${wanted(subject)}.`);
  const name = unmet('sts:rolesessionname', sessionName);
  return name && findingOf('trust-does-not-match', `${name.key} is ${sessionName}, but the role wants ${wanted(name)}.`);
}

/** Operators that are not about text hold here: they are left to STS. */
function holds({ operator, values }: PolicyCondition, actual: string): boolean {
  switch (operator.toLowerCase().replace(/^foranyvalue:/, '')) {
    case 'stringequals':
      return values.includes(actual);
    case 'stringequalsignorecase':
      return values.some((value) => value.toLowerCase() === actual.toLowerCase());
    case 'stringlike':
      return values.some((value) => likeness(value).test(actual));
    default:
      return true;
  }
}

function likeness(pattern: string): RegExp {
  const parts = pattern.replaceAll(/[\\^$.+|()[\]{}]/g, '\\$&');
  return new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

function wanted({ operator, values }: PolicyCondition): string {
  return `${values.join(' or ')} (${operator})`;
}
