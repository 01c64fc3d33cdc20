import { type PolicyCondition, parseOperator } from '../evaluate/conditions.ts';
import { hasVariable } from '../evaluate/variables.ts';
import { type Claim, claimKey } from './claim-conditions.ts';
import { neverA } from './claim-values.ts';
import { type EntraIssuer, issuerProblem } from './entra-issuer.ts';
import { withoutScheme } from './trust.ts';
import type { Remedy } from './trust-finding.ts';

interface Circumstances {
  readonly entra: EntraIssuer;
  readonly clientIds: readonly string[];
  readonly hasVariables: boolean;
}

/** Why no token of an issuer satisfies a condition, and what to write instead. */
export function explainNever(condition: PolicyCondition, circumstances: Circumstances): Remedy {
  const { entra } = circumstances;
  const operator = parseOperator(condition.operator);
  if (operator === undefined)
    return {
      rule: 'trust/unknown-operator',
      why: `IAM knows no operator ${condition.operator}, and refuses the policy.`,
      fix: 'Use StringEquals.',
    };
  const claim = (['aud', 'sub'] as const).find((one) => condition.key.toLowerCase() === claimKey(entra.issuer, one));
  if (claim === undefined) return explainKey(condition.key, entra);
  if (operator.name.startsWith('string')) return explainValues(condition, claim, circumstances);
  return {
    rule: 'trust/wrong-operator',
    why: `${condition.operator} never holds for "${claim}", which is a text in every token.`,
    fix: 'Use StringEquals with the exact values.',
  };
}

function explainValues({ operator, values }: PolicyCondition, claim: Claim, { entra, clientIds, hasVariables }: Circumstances): Remedy {
  const rule = claim === 'aud' ? 'trust/never-an-audience' : 'trust/never-a-subject';
  const [first] = values;
  if (first === undefined) return { rule, why: 'The list is empty, so nobody is let in.', fix: 'Write who may come in.' };
  if (values.some((value) => hasVariable(value)))
    return {
      rule: 'trust/variable',
      why: hasVariables
        ? 'The variable has no value in a request with a token.'
        : 'Only policies of the version 2012-10-17 have variables: here this is text.',
      fix: 'Use StringEquals with the exact values.',
    };
  if (values.some((value) => /[*?]/.test(value)))
    return { rule: 'trust/pattern', why: `A wildcard is text under ${operator}, so it matches nothing.`, fix: 'Write the exact values.' };
  const { why, fix } = neverA(claim, first, { entra, clientIds }) ?? {
    why: 'No token satisfies it.',
    fix: 'Use StringEquals with the exact values.',
  };
  return { rule, why, fix };
}

const NOT_SEEN: Readonly<Record<string, string>> = {
  oid: 'Use ":sub", which is the same object id in tokens of applications and managed identities.',
  appid: 'Use ":sub" with the object id of the service principal.',
  azp: 'Use ":sub" with the object id of the service principal; of a version 2 token ":aud" is the client id of the caller (azp).',
  iss: 'Remove it: the provider in Principal is the issuer already.',
  tid: 'Remove it: the provider in Principal is of the one tenant already.',
  roles: 'Use ":sub", and demand the assignment to the role in Entra ID (appRoleAssignmentRequired).',
  groups: 'Use ":sub" with the object ids.',
  amr: 'Remove it: only tokens of users have "amr".',
};

/** Why a condition key is not part of requests with tokens of an issuer. */
export function explainKey(key: string, { issuer }: EntraIssuer): Remedy {
  const [, before = '', claim = ''] = /^(.*[./].*):([^:/]+)$/.exec(key) ?? [];
  const right = `${issuer}:${claim}`;
  if (before === '') return absentKey(key, issuer);
  const bare = withoutScheme(before);
  if (bare !== before)
    return {
      rule: 'trust/scheme-in-key',
      why: 'A condition key starts with the issuer without "https://": with it, the key is never in a request, and nobody gets in.',
      fix: `Write ${right}.`,
    };
  if (bare.toLowerCase() === issuer.toLowerCase())
    return {
      rule: 'trust/unseen-claim',
      why: `AWS does not read the claim "${claim}" of such tokens, so the key ${key} is never in a request, and nobody gets in.`,
      fix: NOT_SEEN[claim.toLowerCase()] ?? 'Use ":aud" and ":sub", the claims that AWS reads.',
    };
  const isSameIssuer = withoutSlashes(bare) === withoutSlashes(issuer);
  const problem = isSameIssuer ? issuerProblem(bare) : undefined;
  if (problem !== undefined)
    return { ...problem, why: `${problem.why} The key ${key} is never in a request, and nobody gets in.`, fix: `Write ${right}.` };
  return {
    rule: 'trust/provider-mismatch',
    why: `The key ${key} is about another issuer than the principal, ${issuer}, so it is never in a request with its tokens, and nobody gets in.`,
    fix: `Start the key with ${issuer}:, the part of the provider's ARN after "oidc-provider/".`,
  };
}

function absentKey(key: string, issuer: string): Remedy {
  const isClaim = /^:?(?:aud|sub)$/i.test(key);
  return {
    rule: 'trust/absent-key',
    why: `The key ${key} is not part of a request with a token, so nobody gets in${/^aws:/i.test(key) ? ': such a request is not signed, and its caller is no principal of AWS' : ''}.`,
    fix: isClaim
      ? `Write ${issuer}:${key.replace(':', '')}.`
      : `Remove the condition, or use ${issuer}:aud, ${issuer}:sub or sts:RoleSessionName.`,
  };
}

function withoutSlashes(issuer: string): string {
  return issuer.toLowerCase().replace(/\/+$/, '');
}
