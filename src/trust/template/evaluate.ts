import { z } from 'zod';
import type { ResolvedParameters } from './parameters.ts';
import type { Template } from './read-template.ts';
import { TemplateError } from './template-error.ts';

/** Values of the names in a template. */
export interface Scope {
  readonly template: Template;
  readonly parameters: ResolvedParameters;
  /** Values of `AWS::AccountId` and the like, without `AWS::`. */
  readonly pseudoParameters: Readonly<Record<string, string>>;
  /** Value of `Ref` for a resource. */
  refer(resource: string): string;
  /** Value of `Fn::GetAtt`. */
  attribute(resource: string, name: string): string;
}

type IntrinsicFunction = (argument: unknown, scope: Scope) => unknown;

const pair = <A extends z.ZodType, B extends z.ZodType>(first: A, second: B) => z.tuple([first, second]);
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => refer(check('Ref', z.string(), argument), scope),
  Condition: (argument, scope) => conditionHolds(check('Condition', z.string(), argument), scope),
  'Fn::If': (argument, scope) => {
    const [name, then, otherwise] = check('Fn::If', z.tuple([z.string(), z.unknown(), z.unknown()]), argument);
    return evaluate(conditionHolds(name, scope) ? then : otherwise, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = check('Fn::Equals', pair(text, text), evaluate(argument, scope));
    return left === right;
  },
  'Fn::Not': (argument, scope) => !check('Fn::Not', z.tuple([z.boolean()]), evaluate(argument, scope))[0],
  'Fn::And': (argument, scope) => check('Fn::And', z.array(z.boolean()), evaluate(argument, scope)).every(Boolean),
  'Fn::Or': (argument, scope) => check('Fn::Or', z.array(z.boolean()), evaluate(argument, scope)).some(Boolean),
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = check('Fn::Join', pair(z.string(), z.array(text)), evaluate(argument, scope));
    return parts.join(separator);
  },
  'Fn::Split': (argument, scope) => {
    const [separator, joined] = check('Fn::Split', pair(z.string(), z.string()), evaluate(argument, scope));
    return joined.split(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = check('Fn::Select', pair(z.coerce.number().int(), z.array(z.unknown())), evaluate(argument, scope));
    if (index < 0 || index >= values.length)
      throw new TemplateError(`Fn::Select: there is no value ${index} in a list of ${values.length}.`);
    return values[index];
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, row, column] = check('Fn::FindInMap', z.tuple([z.string(), text, text]), evaluate(argument, scope));
    const value = scope.template.Mappings[map]?.[row]?.[column];
    if (value === undefined) throw new TemplateError(`Fn::FindInMap: there is no ${map}.${row}.${column} in Mappings.`);
    return value;
  },
  'Fn::GetAtt': (argument, scope) => {
    const [resource, name] = check('Fn::GetAtt', pair(z.string(), z.string()), evaluate(argument, scope));
    return scope.attribute(resource, name);
  },
  'Fn::Sub': (argument, scope) => {
    const [pattern, variables] = check(
      'Fn::Sub',
      pair(z.string(), z.record(z.string(), z.unknown())),
      Array.isArray(argument) ? argument : [argument, {}],
    );
    return substitute(pattern, variables, scope);
  },
};

/** The value of an expression: every function in it replaced by its result. Throws {@link TemplateError}. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries.length === 1 ? (entries[0] ?? []) : [];
  const run = name === undefined ? undefined : FUNCTIONS[name];
  if (run !== undefined && !isPolicyCondition(name, argument)) return run(argument, scope);
  if (name?.startsWith('Fn::')) throw new TemplateError(`The function ${name} is not supported.`);
  return Object.fromEntries(entries.map(([key, item]) => [key, evaluate(item, scope)]).filter(([, item]) => item !== undefined));
}

/** Tells whether a condition of the template holds. Throws {@link TemplateError}. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions[name];
  if (condition === undefined) throw new TemplateError(`There is no condition ${name}.`);
  return check(`Condition ${name}`, z.boolean(), evaluate(condition, scope));
}

// In an object with one key, `Condition` may also be the element of a policy, which holds operators instead of a name.
function isPolicyCondition(name: string | undefined, argument: unknown): boolean {
  return name === 'Condition' && typeof argument !== 'string';
}

function refer(name: string, { parameters, pseudoParameters, template, refer }: Scope): unknown {
  if (name === 'AWS::NoValue') return undefined;
  const value = parameters.get(name) ?? (name.startsWith('AWS::') ? pseudoParameters[name.slice('AWS::'.length)] : undefined);
  if (value !== undefined) return value;
  if (template.Resources[name] === undefined) throw new TemplateError(`Ref: there is no parameter or resource ${name}.`);
  return refer(name);
}

function substitute(pattern: string, variables: Readonly<Record<string, unknown>>, scope: Scope): string {
  return pattern.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, isLiteral: string, expression: string) => {
    if (isLiteral !== '') return `\${${expression}}`;
    const name = expression.trim();
    const value = name in variables ? evaluate(variables[name], scope) : lookUp(name, scope);
    return check(`Fn::Sub of ${name}`, text, value);
  });
}

function lookUp(name: string, scope: Scope): unknown {
  const [resource = '', ...attribute] = name.split('.');
  return attribute.length === 0 ? refer(name, scope) : scope.attribute(resource, attribute.join('.'));
}

function check<T extends z.ZodType>(what: string, schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TemplateError(`${what}: ${z.prettifyError(parsed.error)}`);
}
