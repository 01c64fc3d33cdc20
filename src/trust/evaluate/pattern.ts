/** `*` of a policy, which stands for any characters. */
export const ANY = Symbol('*');
/** `?` of a policy, which stands for one character. */
export const ONE = Symbol('?');

/** A value of a policy: characters and wildcards. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

/** Reads `*` and `?` as wildcards. Variables and escapes are not read: {@link resolvePattern} does that. */
export function patternOf(text: string): Pattern {
  return Array.from(text, (character) => WILDCARDS[character] ?? character);
}

const WILDCARDS: Readonly<Record<string, typeof ANY | typeof ONE>> = { '*': ANY, '?': ONE };

/** The pattern as text, as operators read it that know no wildcards. */
export function textOf(pattern: Pattern): string {
  return pattern.map((token) => (typeof token === 'string' ? token : (token.description ?? ''))).join('');
}

export function hasWildcard(pattern: Pattern): boolean {
  return pattern.some((token) => typeof token !== 'string');
}

/** Tells whether the pattern stands for all of `text`. Takes at most the product of both lengths in steps. */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text);
  let [at, in_, star, retry] = [0, 0, -1, 0];
  while (at < characters.length) {
    const token = pattern[in_];
    if (token === ANY) {
      star = in_;
      in_ += 1;
      retry = at;
    } else if (token !== undefined && (token === ONE || token === characters[at])) {
      in_ += 1;
      at += 1;
    } else if (star >= 0) {
      // The last `*` takes one more character.
      retry += 1;
      at = retry;
      in_ = star + 1;
    } else return false;
  }
  return pattern.slice(in_).every((token) => token === ANY);
}

/** Splits a pattern at its literal `separator`s into at most `count` parts, the last of which keeps the rest. */
export function split(pattern: Pattern, separator: string, count: number): readonly Pattern[] {
  const parts: Pattern[] = [];
  let rest = pattern;
  while (parts.length < count - 1) {
    const at = rest.indexOf(separator);
    if (at < 0) break;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...parts, rest];
}
