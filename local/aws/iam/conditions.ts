import { matchesPattern } from './pattern.ts';

/** Condition keys (lower case) with their values. A key that is absent is not part of the request. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** A `Condition` block: operator ► key ► accepted values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesPattern(expected, actual),
  ArnEquals: (actual, expected) => matchesPattern(expected, actual),
  ArnLike: (actual, expected) => matchesPattern(expected, actual),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  DateLessThan: (actual, expected) => Date.parse(actual) < Date.parse(expected),
  DateGreaterThan: (actual, expected) => Date.parse(actual) > Date.parse(expected),
};

/** The operators that say the opposite of another one. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

interface Operator {
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly isNegated: boolean;
  readonly isIfExists: boolean;
  readonly compare: Comparison | 'Null';
}

/** Tells whether the stand-in can evaluate `name`; a policy with any other operator must be refused, not guessed at. */
export function isKnownOperator(name: string): boolean {
  return parseOperator(name) !== undefined;
}

/** Tells whether every key of every operator holds. */
export function conditionsHold(block: ConditionBlock, context: RequestContext): boolean {
  return Object.entries(block).every(([name, keys]) => {
    const operator = parseOperator(name);
    if (operator === undefined) throw new Error(`The condition operator ${name} is unknown; its policy should have been refused.`);
    return Object.entries(keys).every(([key, expected]) => holds(operator, context.get(key.toLowerCase()), expected));
  });
}

function parseOperator(name: string): Operator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  const base = match?.[2];
  if (base === undefined) return undefined;
  const positive = NEGATIONS[base] ?? base;
  const compare = positive === 'Null' ? positive : COMPARISONS[positive];
  if (compare === undefined) return undefined;
  const quantifier = match?.[1] as Operator['quantifier'];
  return { quantifier, isNegated: positive !== base, isIfExists: match?.[3] !== undefined, compare };
}

function holds(operator: Operator, actual: readonly string[] | undefined, expected: readonly string[]): boolean {
  const { compare, quantifier } = operator;
  if (compare === 'Null') return expected.some((text) => (text === 'true') === (actual === undefined));
  // AWS lets ForAllValues hold for a key that the request lacks: it fails open, which is why trust policies must not use it.
  if (actual === undefined) return operator.isIfExists || quantifier === 'ForAllValues' || (operator.isNegated && quantifier === undefined);
  const matches = (value: string) => expected.some((text) => compare(value, text)) !== operator.isNegated;
  return quantifier === 'ForAllValues' ? actual.every(matches) : actual.some(matches);
}
