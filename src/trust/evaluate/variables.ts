import { type Pattern, patternOf } from './pattern.ts';
import { type RequestContext, STRANGER } from './request-context.ts';

/** A value of a policy for one request: `unknown` when it depends on what is not known, `unresolved` when it names a key that the request lacks. */
export type Resolved = Pattern | 'unknown' | 'unresolved';

/** `${*}`, `${?}` and `${$}` stand for these characters; anything else in braces is a condition key with an optional default. */
const VARIABLE = /\$\{([^}]*)\}/u;
const ESCAPED = /^[*?$]$/;

/** Tells whether a value depends on the request. Only policies of the version 2012-10-17 have variables. */
export function hasVariable(value: string): boolean {
  return value.split(/(?=\$\{)/).some((part) => {
    const [, name] = VARIABLE.exec(part) ?? [];
    return name !== undefined && !ESCAPED.test(name);
  });
}

/** Reads wildcards, escapes and variables of a value. */
export function resolvePattern(value: string, context: RequestContext): Resolved {
  const pattern: Pattern[number][] = [];
  let isUnknown = false;
  for (const part of value.split(/(\$\{[^}]*\})/u)) {
    const [, name] = VARIABLE.exec(part) ?? [];
    const resolved = name === undefined ? patternOf(part) : resolveVariable(name, context);
    if (resolved === 'unresolved') return resolved;
    if (resolved === 'unknown') isUnknown = true;
    else pattern.push(...resolved);
  }
  return isUnknown ? 'unknown' : pattern;
}

function resolveVariable(name: string, context: RequestContext): Resolved {
  if (ESCAPED.test(name)) return [name];
  const [, key = '', fallback] = /^([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/s.exec(name) ?? [];
  const values = context.get(key.trim().toLowerCase());
  // A key whose value is empty counts as one that the request lacks: IAM calls both null.
  if (values === undefined || (values.length === 1 && values[0] === ''))
    return fallback === undefined ? 'unresolved' : Array.from(fallback);
  const [value] = values;
  // A variable stands for one value. What stands in it is text, wildcards included.
  if (values === 'unknown' || values.length !== 1 || value === undefined || value === STRANGER) return 'unknown';
  return Array.from(String(value));
}
