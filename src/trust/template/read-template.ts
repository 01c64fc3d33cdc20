import { isAlias, isMap, isNode, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { TemplateError } from './template-error.ts';

const parameter = z.object({
  Type: z.string(),
  Default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  ConstraintDescription: z.string().optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
});

const resource = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

const assertion = z.object({ Assert: z.unknown(), AssertDescription: z.string().optional() });

const template = z.object({
  Transform: z.undefined('transforms are not supported').optional(),
  Parameters: z.record(z.string(), parameter).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Rules: z.record(z.string(), z.object({ RuleCondition: z.unknown().optional(), Assertions: z.array(assertion) })).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Condition: z.string().optional(), Value: z.unknown() })).default({}),
});

/** A CloudFormation template whose functions are in their long form, such as `{ "Fn::Sub": … }`. */
export type Template = z.output<typeof template>;
export type ParameterDefinition = z.output<typeof parameter>;
export type Resource = z.output<typeof resource>;

/** Checks what {@link readDocument} returned. Throws {@link TemplateError}. */
export function asTemplate(document: unknown): Template {
  const parsed = template.safeParse(document);
  if (!parsed.success) throw new TemplateError(`This is no CloudFormation template: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Reads YAML or JSON as CloudFormation does, functions in their short form (`!Ref`) included. Throws {@link TemplateError}. */
export function readDocument(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem !== undefined) throw new TemplateError(`This is neither YAML nor JSON: ${problem.message}`);
  return document.contents === null ? null : toValue(document.contents);
}

function toValue(node: Node): unknown {
  const value = withoutTag(node);
  const name = node.tag?.startsWith('!') ? node.tag.slice(1) : undefined;
  if (name === undefined) return value;
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  // !GetAtt Resource.Attribute stands for a list of the two.
  if (name === 'GetAtt' && typeof value === 'string') return { 'Fn::GetAtt': splitOnce(value) };
  return { [`Fn::${name}`]: value };
}

function withoutTag(node: Node): unknown {
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), child(value)]));
  if (isSeq(node)) return node.items.map(child);
  if (isScalar(node)) return node.value;
  throw new TemplateError(`CloudFormation knows no YAML aliases${isAlias(node) ? `, such as *${node.source}` : ''}.`);
}

function child(node: unknown): unknown {
  return isNode(node) ? toValue(node) : node;
}

function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
