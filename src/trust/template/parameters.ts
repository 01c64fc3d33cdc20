import type { ParameterDefinition, Template } from './read-template.ts';
import { TemplateError } from './template-error.ts';

/** Values of parameters as CloudFormation is given them: lists are separated by commas. */
export type ParameterValues = Readonly<Record<string, string>>;

/** Value of `Ref` for a parameter. */
export type ResolvedParameters = ReadonlyMap<string, string | readonly string[]>;

const LIST_TYPES = ['CommaDelimitedList', 'List<Number>'];

/**
 * Takes the defaults for what is not given, and checks everything. A value that is still missing is what `assume` makes of the parameter's
 * name; without it, that is a problem. Throws {@link TemplateError} with every problem.
 */
export function resolveParameters(
  { Parameters }: Template,
  given: ParameterValues,
  assume: (name: string) => string | undefined = () => undefined,
): ResolvedParameters {
  const unknown = Object.keys(given).filter((name) => Parameters[name] === undefined);
  const problems = unknown.map((name) => `${name} is no parameter of this template`);
  const resolved = new Map<string, string | readonly string[]>();
  for (const [name, definition] of Object.entries(Parameters)) {
    const known = given[name] ?? definition.Default;
    const text = known ?? assume(name);
    if (text === undefined) problems.push(`${name} is not given`);
    if (known !== undefined) problems.push(...findProblems(name, definition, known));
    if (text !== undefined) resolved.set(name, isList(definition) ? valuesOf(definition, text) : text);
  }
  if (problems.length > 0) throw new TemplateError(`The parameters are not accepted: ${problems.join('; ')}.`);
  return resolved;
}

function findProblems(name: string, definition: ParameterDefinition, text: string): readonly string[] {
  return valuesOf(definition, text)
    .flatMap((value) => findProblem(definition, value) ?? [])
    .map((problem) => `${name} ${problem}`);
}

function isList({ Type }: ParameterDefinition): boolean {
  return LIST_TYPES.includes(Type);
}

function valuesOf(definition: ParameterDefinition, text: string): readonly string[] {
  return isList(definition) ? text.split(',').map((value) => value.trim()) : [text];
}

function findProblem(definition: ParameterDefinition, value: string): string | undefined {
  const { AllowedPattern, AllowedValues, ConstraintDescription, MinLength = 0, MaxLength = Number.POSITIVE_INFINITY } = definition;
  const shown = `but is "${value}"`;
  if (AllowedValues !== undefined && !AllowedValues.includes(value)) return `must be one of ${AllowedValues.join(', ')}, ${shown}`;
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    return `${lowerFirst(ConstraintDescription ?? `Must match ${AllowedPattern}`).replace(/\.$/, '')}, ${shown}`;
  if (value.length < MinLength || value.length > MaxLength) return `must have ${MinLength} to ${MaxLength} characters, ${shown}`;
  if (definition.Type === 'Number' || definition.Type === 'List<Number>') return findNumberProblem(definition, value);
  return undefined;
}

function findNumberProblem(
  { MinValue = Number.NEGATIVE_INFINITY, MaxValue = Number.POSITIVE_INFINITY }: ParameterDefinition,
  value: string,
) {
  const number = value === '' ? Number.NaN : Number(value);
  return number >= MinValue && number <= MaxValue ? undefined : `must be a number from ${MinValue} to ${MaxValue}, but is "${value}"`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
