import { z } from 'zod';
import { parseOperator } from '../../../src/trust/evaluate/conditions.ts';
import { readPolicy } from '../../../src/trust/evaluate/read-policy.ts';
import type { Statement } from '../../../src/trust/evaluate/statement.ts';
import { hasVariable } from '../../../src/trust/evaluate/variables.ts';

const listOf = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.array(schema)]).transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));

// Resources with policy variables such as ${aws:userid} are not evaluated here, and so must not be accepted as literal text.
const text = z.string();
const resource = text.refine((value) => !hasVariable(value), { error: 'policy variables are not supported' });
const conditionValue = z.union([text, z.boolean(), z.number()]).transform(String);

const conditions = z
  .record(z.string(), z.record(z.string(), listOf(conditionValue)))
  .refine((block) => Object.keys(block).every((name) => parseOperator(name) !== undefined), {
    error: 'it has a condition operator that IAM does not know',
  });

// IAM compares no text with these, but looks for the provider or the domain when the policy is made.
const federated = text.refine((value) => /^(?:arn:.+|[\w.-]+|\*)$/.test(value), {
  error: 'Federated principals must be valid domain names or SAML metadata ARNs',
});
const principal = z.union([
  z.literal('*'),
  z.strictObject({ Federated: listOf(federated).optional(), AWS: listOf(text).optional(), Service: listOf(text).optional() }),
]);

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  Action: listOf(text).optional(),
  NotAction: listOf(text).optional(),
  Resource: listOf(resource).optional(),
  NotResource: listOf(resource).optional(),
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

type StatementDocument = z.output<typeof statement>;

/** Statements that the stand-in has checked. */
export type Policy = readonly Statement[];

const COMPLETENESS = {
  trust: {
    isComplete: (one: StatementDocument) => one.Principal !== undefined && targets(one) === undefined,
    rule: 'Each statement of a trust policy has a Principal and no Resource.',
  },
  identity: {
    isComplete: (one: StatementDocument) => one.Principal === undefined && targets(one) !== undefined,
    rule: 'Each statement has a Resource and no Principal.',
  },
  // What a bucket's policy allows nobody here needs.
  bucket: {
    isComplete: (one: StatementDocument) => one.Effect === 'Deny' && one.Principal !== undefined && targets(one) !== undefined,
    rule: 'Each statement of the policy of a bucket is a Deny with a Principal and a Resource.',
  },
};

/**
 * Reads a policy document, given as an object or as its JSON text. Throws an Error that says what is wrong, also for what the stand-in does not
 * evaluate: such a policy is refused when it is made, never half understood.
 */
export function parsePolicy(document: unknown, kind: 'identity' | 'trust' | 'bucket'): Policy {
  const value = typeof document === 'string' ? parseJson(document) : document;
  const parsed = policy.safeParse(value);
  if (!parsed.success) throw new Error(`The policy is not valid: ${z.prettifyError(parsed.error)}`);
  const { isComplete, rule } = COMPLETENESS[kind];
  if (parsed.data.Statement.every(isComplete)) return readPolicy(value, 'policy');
  throw new Error(rule);
}

function targets(one: StatementDocument): readonly string[] | undefined {
  return one.Resource ?? one.NotResource;
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw new Error('The policy is not JSON.');
  }
}
