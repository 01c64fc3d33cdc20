import { z } from 'zod';
import { TemplateError } from '../template/template-error.ts';

/** One operator on one key of a statement. */
export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a policy, its optional lists empty where it has none. */
export interface Statement {
  readonly place: string;
  readonly isAllow: boolean;
  /** `*` for everyone; other than federated principals are left out. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** It applies to all actions or resources but some. */
  readonly isNegated: boolean;
  readonly resources: readonly string[];
  readonly conditions: readonly PolicyCondition[];
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text)]).default([]);

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z
    .union([z.string().transform((one): Record<string, string[]> => ({ Everyone: [one] })), z.record(z.string(), texts)])
    .optional(),
  NotPrincipal: z.unknown().optional(),
  Action: texts,
  NotAction: texts,
  Resource: texts,
  NotResource: texts,
  Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
});

const complete = statement.refine(
  ({ Principal, NotPrincipal, Resource, NotResource }) =>
    (Principal ?? NotPrincipal) !== undefined || [...Resource, ...NotResource].length > 0,
  'a statement needs a Principal or a Resource',
);

const policy = z.object({ Statement: z.union([complete.transform((one) => [one]), z.array(complete)]) });

/** Reads a policy: an object, its JSON, or its JSON as IAM's API encodes it. Throws {@link TemplateError}. */
export function readPolicy(document: unknown, place: string): readonly Statement[] {
  const parsed = policy.safeParse(typeof document === 'string' ? parseJson(document, place) : document);
  if (!parsed.success) throw new TemplateError(`${place} is no policy: ${z.prettifyError(parsed.error)}`);
  return parsed.data.Statement.map((one, index) => ({
    place: `${place}.Statement[${index}]`,
    isAllow: one.Effect === 'Allow',
    principals: principalsOf(one),
    actions: one.Action,
    isNegated: one.NotAction.length > 0 || one.NotResource.length > 0,
    resources: one.Resource,
    conditions: Object.entries(one.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  }));
}

/** Tells whether a statement is one of a trust policy. */
export function hasPrincipal(document: unknown): boolean {
  const parsed = policy.safeParse(document);
  return parsed.success && parsed.data.Statement.some((one) => one.Principal !== undefined || one.NotPrincipal !== undefined);
}

// All principals but some are everyone.
function principalsOf({ Principal = {}, NotPrincipal }: z.output<typeof statement>): readonly string[] {
  if (NotPrincipal !== undefined) return ['*'];
  const everyone = Object.values(Principal).flat().includes('*') ? ['*'] : [];
  return [...everyone, ...(Principal['Federated'] ?? []).filter((one) => one !== '*')];
}

function parseJson(document: string, place: string): unknown {
  try {
    return JSON.parse(document.startsWith('%7B') ? decodeURIComponent(document) : document);
  } catch {
    throw new TemplateError(`${place} is not JSON.`);
  }
}
