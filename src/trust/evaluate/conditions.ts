import { COMPARISONS, type Comparison } from './operators.ts';
import { patternOf } from './pattern.ts';
import type { ContextValue, KeyValues, RequestContext } from './request-context.ts';
import { allOf, anyOf, not, type Truth, truthOf } from './truth.ts';
import { resolvePattern } from './variables.ts';

/** One operator on one key of a statement. */
export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Operator {
  /** In lower case, without quantifier and `IfExists`. */
  readonly name: string;
  readonly quantifier: 'all' | 'any' | undefined;
  readonly isIfExists: boolean;
  readonly isNegated: boolean;
  readonly compare: Comparison | 'null';
}

/** Reads an operator of a policy; `undefined` for one that IAM does not know. */
export function parseOperator(text: string): Operator | undefined {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([a-z]+?)(IfExists)?$/i.exec(text) ?? [];
  const name = base.toLowerCase();
  const quantifier = set && (set.toLowerCase() === 'forallvalues' ? 'all' : 'any');
  const form = { name, quantifier: quantifier || undefined, isIfExists: ifExists !== undefined } as const;
  if (name === 'null') return form.isIfExists || form.quantifier ? undefined : { ...form, isNegated: false, compare: 'null' };
  const known = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  return known && { ...form, ...known };
}

/**
 * Tells whether a condition holds, as IAM decides it. On a key that the request lacks it holds only with `Null`, `IfExists`, `ForAllValues`
 * or a negated operator. `hasVariables` is false for policies before the version 2012-10-17.
 */
export function conditionTruth({ operator: text, key, values }: PolicyCondition, context: RequestContext, hasVariables: boolean): Truth {
  const operator = parseOperator(text);
  if (operator === undefined) return 'no';
  const actual = context.get(key.toLowerCase());
  if (operator.compare === 'null') return nullTruth(actual, values);
  if (actual === 'unknown') return 'maybe';
  if (actual === undefined) return absentTruth(operator);
  const { compare, quantifier } = operator;
  const truths = actual.map((value) => valueTruth(value, { compare, isNegated: operator.isNegated, values, context, hasVariables }));
  return quantifier === 'all' ? allOf(truths) : anyOf(truths);
}

function absentTruth({ isIfExists, quantifier, isNegated }: Operator): Truth {
  return truthOf(isIfExists || quantifier === 'all' || (isNegated && quantifier === undefined));
}

function nullTruth(actual: KeyValues | undefined, values: readonly string[]): Truth {
  return actual === 'unknown' ? 'maybe' : truthOf(values.some((value) => (value.toLowerCase() === 'true') === (actual === undefined)));
}

interface Expectation {
  readonly compare: Comparison;
  readonly isNegated: boolean;
  readonly values: readonly string[];
  readonly context: RequestContext;
  readonly hasVariables: boolean;
}

function valueTruth(actual: ContextValue, { compare, isNegated, values, context, hasVariables }: Expectation): Truth {
  const truths = values.map((value): Truth => {
    const expected = hasVariables ? resolvePattern(value, context) : patternOf(value);
    if (expected === 'unknown') return 'maybe';
    // A variable without a value matches nothing.
    if (expected === 'unresolved') return isNegated ? 'yes' : 'no';
    return compare(actual, expected);
  });
  return isNegated ? allOf(truths) : not(allOf(truths.map(not)));
}
