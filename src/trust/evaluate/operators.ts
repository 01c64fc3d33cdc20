import { BlockList, isIP } from 'node:net';
import { ANY, hasWildcard, matches, type Pattern, split, textOf } from './pattern.ts';
import { type ContextValue, STRANGER } from './request-context.ts';
import { not, type Truth, truthOf } from './truth.ts';

/** Compares a value of a request with one of a policy. */
export type Comparison = (actual: ContextValue, expected: Pattern) => Truth;

const ARN_PARTS = 6;

// An opaque claim is no number, date, address, truth value or ARN; and no text that the policy has in full.
const text = (compare: (actual: string, expected: string) => boolean): Comparison => {
  return (actual, expected) => (actual === STRANGER ? 'no' : truthOf(compare(actual, textOf(expected))));
};

const number = (compare: (actual: number, expected: number) => boolean): Comparison => text((a, b) => compare(numberOf(a), numberOf(b)));
const date = (compare: (actual: number, expected: number) => boolean): Comparison => text((a, b) => compare(timeOf(a), timeOf(b)));
const opposite =
  (comparison: Comparison): Comparison =>
  (actual, expected) =>
    not(comparison(actual, expected));

const stringEquals = text((actual, expected) => actual === expected);
const stringEqualsIgnoreCase = text((actual, expected) => actual.toLowerCase() === expected.toLowerCase());
const numericEquals = number((actual, expected) => actual === expected);
const dateEquals = date((actual, expected) => actual === expected);
const ipAddress = text(isInRange);

const stringLike: Comparison = (actual, expected) => {
  if (actual !== STRANGER) return truthOf(matches(expected, actual));
  if (!hasWildcard(expected)) return 'no';
  return truthOf(expected.every((token) => token === ANY)) === 'yes' ? 'yes' : 'maybe';
};

const arnLike: Comparison = (actual, expected) => {
  const parts = actual === STRANGER ? [] : split(Array.from(actual), ':', ARN_PARTS);
  const patterns = split(expected, ':', ARN_PARTS);
  if (parts.length < ARN_PARTS || patterns.length < ARN_PARTS) return 'no';
  return truthOf(patterns.every((pattern, index) => matches(pattern, textOf(parts[index] ?? []))));
};

const binaryEquals = text((actual, expected) => Buffer.from(actual, 'base64').equals(Buffer.from(expected, 'base64')));

/** Condition operators in lower case, but for `null`. A negated one holds when no value of the policy matches. */
export const COMPARISONS: Readonly<Record<string, { readonly compare: Comparison; readonly isNegated: boolean }>> = {
  ...positive({
    stringequals: stringEquals,
    stringequalsignorecase: stringEqualsIgnoreCase,
    stringlike: stringLike,
    arnequals: arnLike,
    arnlike: arnLike,
    bool: text((actual, expected) => /^(?:true|false)$/i.test(actual) && actual.toLowerCase() === expected.toLowerCase()),
    binaryequals: binaryEquals,
    ipaddress: ipAddress,
    numericequals: numericEquals,
    numericlessthan: number((actual, expected) => actual < expected),
    numericlessthanequals: number((actual, expected) => actual <= expected),
    numericgreaterthan: number((actual, expected) => actual > expected),
    numericgreaterthanequals: number((actual, expected) => actual >= expected),
    dateequals: dateEquals,
    datelessthan: date((actual, expected) => actual < expected),
    datelessthanequals: date((actual, expected) => actual <= expected),
    dategreaterthan: date((actual, expected) => actual > expected),
    dategreaterthanequals: date((actual, expected) => actual >= expected),
  }),
  ...negated({
    stringnotequals: stringEquals,
    stringnotequalsignorecase: stringEqualsIgnoreCase,
    stringnotlike: stringLike,
    arnnotequals: arnLike,
    arnnotlike: arnLike,
    notipaddress: ipAddress,
    numericnotequals: numericEquals,
    datenotequals: dateEquals,
  }),
};

function positive(comparisons: Readonly<Record<string, Comparison>>) {
  return Object.fromEntries(Object.entries(comparisons).map(([name, compare]) => [name, { compare, isNegated: false }]));
}

function negated(comparisons: Readonly<Record<string, Comparison>>) {
  return Object.fromEntries(Object.entries(comparisons).map(([name, compare]) => [name, { compare: opposite(compare), isNegated: true }]));
}

/** `NaN`, which nothing equals, for what is no number. */
function numberOf(value: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
}

/** Dates are written as in ISO 8601 or as seconds since the epoch. */
function timeOf(value: string): number {
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value);
}

function isInRange(actual: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const [family, ofNetwork] = [isIP(actual), isIP(network)];
  const length = bits === undefined ? (ofNetwork === 4 ? 32 : 128) : Number(bits);
  if (family === 0 || family !== ofNetwork || !(length >= 0 && length <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, length, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(actual, family === 4 ? 'ipv4' : 'ipv6');
}
