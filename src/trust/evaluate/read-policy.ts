import { z } from 'zod';
import { TemplateError } from '../template/template-error.ts';
import type { Principal, Statement } from './statement.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text)]).default([]);

const principals = z
  .union([
    z.string().transform((id): Principal[] => [{ type: '*', id }]),
    z
      .record(z.string(), texts)
      .transform((byType) => Object.entries(byType).flatMap(([type, ids]) => ids.map((id): Principal => ({ type, id })))),
  ])
  .default([]);

const statement = z
  .object({
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principals,
    NotPrincipal: principals,
    Action: texts,
    NotAction: texts,
    Resource: texts,
    NotResource: texts,
    Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
  })
  .refine(
    ({ Principal, NotPrincipal, Resource, NotResource }) =>
      [Principal, NotPrincipal, Resource, NotResource].some(({ length }) => length > 0),
    'a statement needs a Principal or a Resource',
  );

const policy = z.object({
  Version: z.unknown().optional(),
  Statement: z.union([statement.transform((one) => [one]), z.array(statement)]),
});

/** Reads a policy: an object, its JSON, or its JSON as IAM's API encodes it. Throws {@link TemplateError}. */
export function readPolicy(document: unknown, place: string): readonly Statement[] {
  const parsed = policy.safeParse(typeof document === 'string' ? parseJson(document, place) : document);
  if (!parsed.success) throw new TemplateError(`${place} is no policy: ${z.prettifyError(parsed.error)}`);
  const hasVariables = parsed.data.Version === '2012-10-17';
  return parsed.data.Statement.map((one, index) => ({
    place: `${place}.Statement[${index}]`,
    isAllow: one.Effect === 'Allow',
    principals: one.Principal,
    notPrincipals: one.NotPrincipal,
    actions: one.Action,
    notActions: one.NotAction,
    resources: one.Resource,
    notResources: one.NotResource,
    conditions: Object.entries(one.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
    hasVariables,
  }));
}

function parseJson(document: string, place: string): unknown {
  try {
    return JSON.parse(document.startsWith('%7B') ? decodeURIComponent(document) : document);
  } catch {
    throw new TemplateError(`${place} is not JSON.`);
  }
}
