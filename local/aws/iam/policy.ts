import { z } from 'zod';
import { conditionsHold, isKnownOperator, type RequestContext } from './conditions.ts';
import { matchesPattern } from './pattern.ts';

const listOf = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.array(schema)]).transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));

// Policy variables such as ${aws:userid} are not evaluated, and so must not be accepted as literal text. ${*} and the like are escapes.
const text = z.string().refine((value) => !/\$\{(?![*?$]\})/.test(value), { error: 'policy variables are not supported' });
const conditionValue = z.union([text, z.boolean(), z.number()]).transform(String);

const conditions = z
  .record(z.string(), z.record(z.string(), listOf(conditionValue)))
  .refine((block) => Object.keys(block).every(isKnownOperator), { error: 'it has a condition operator that is not supported' });

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*').transform(() => ({ Federated: ['*'] })), z.strictObject({ Federated: listOf(text) })]).optional(),
  Action: listOf(text).optional(),
  NotAction: listOf(text).optional(),
  Resource: listOf(text).optional(),
  NotResource: listOf(text).optional(),
  Condition: conditions.optional(),
});

const policy = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: listOf(
    statement.refine((one) => (one.Action === undefined) !== (one.NotAction === undefined), {
      error: 'a statement needs either Action or NotAction',
    }),
  ),
});

type Statement = z.output<typeof statement>;
export type Policy = z.output<typeof policy>;

/** What somebody wants to do. Trust policies have a principal and no resource, all others a resource and no principal. */
export interface AccessRequest {
  readonly action: string;
  readonly resource?: string;
  /** ARN of the identity provider that vouches for the caller. */
  readonly federatedPrincipal?: string;
  readonly context: RequestContext;
}

/** `unmatched` denies as well, but another policy may still allow. */
export type Verdict = 'allowed' | 'denied' | 'unmatched';

const COMPLETENESS = {
  trust: {
    isComplete: (one: Statement) => one.Principal !== undefined && targets(one) === undefined,
    rule: 'Each statement of a trust policy has a Principal and no Resource.',
  },
  identity: {
    isComplete: (one: Statement) => one.Principal === undefined && targets(one) !== undefined,
    rule: 'Each statement has a Resource and no Principal.',
  },
  // What a bucket's policy allows nobody here needs.
  bucket: {
    isComplete: (one: Statement) => one.Effect === 'Deny' && one.Principal !== undefined && targets(one) !== undefined,
    rule: 'Each statement of the policy of a bucket is a Deny with a Principal and a Resource.',
  },
};

/**
 * Reads a policy document, given as an object or as its JSON text. Throws an Error that says what is wrong, also for what the
 * stand-in cannot evaluate (an operator, a policy variable): such a policy is refused when it is made, never half understood.
 */
export function parsePolicy(document: unknown, kind: 'identity' | 'trust' | 'bucket'): Policy {
  const parsed = policy.safeParse(typeof document === 'string' ? parseJson(document) : document);
  if (!parsed.success) throw new Error(`The policy is not valid: ${z.prettifyError(parsed.error)}`);
  const { isComplete, rule } = COMPLETENESS[kind];
  if (parsed.data.Statement.every(isComplete)) return parsed.data;
  throw new Error(rule);
}

/** Evaluates policies that apply together, such as those of one role: an explicit Deny in any of them wins. */
export function evaluatePolicies(policies: readonly Policy[], request: AccessRequest): Verdict {
  const effects = policies
    .flatMap((one) => one.Statement)
    .filter((one) => applies(one, request))
    .map((one) => one.Effect);
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'unmatched';
}

function applies(one: Statement, request: AccessRequest): boolean {
  return (
    matchesAction(one, request.action) &&
    matchesResource(one, request.resource) &&
    matchesPrincipal(one, request.federatedPrincipal) &&
    conditionsHold(one.Condition ?? {}, request.context)
  );
}

function matchesAction(one: Statement, action: string): boolean {
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()));
  return one.Action === undefined ? !matches(one.NotAction ?? []) : matches(one.Action);
}

function matchesResource(one: Statement, resource: string | undefined): boolean {
  if (resource === undefined) return targets(one) === undefined;
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesPattern(pattern, resource));
  return one.Resource === undefined ? one.NotResource !== undefined && !matches(one.NotResource) : matches(one.Resource);
}

function matchesPrincipal(one: Statement, principal: string | undefined): boolean {
  if (principal === undefined) return one.Principal === undefined;
  return one.Principal?.Federated.some((accepted) => accepted === '*' || accepted === principal) ?? false;
}

function targets(one: Statement): readonly string[] | undefined {
  return one.Resource ?? one.NotResource;
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw new Error('The policy is not JSON.');
  }
}
