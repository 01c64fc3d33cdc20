/** An escaped special character, a wildcard, or any other character. */
const TOKENS = /\$\{([*?$])\}|./gsu;

/** Matches all of `text` against an IAM pattern: `*` stands for any characters, `?` for one, `${*}`, `${?}` and `${$}` for themselves. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(TOKENS, (token, escaped: string | undefined) => {
    if (escaped === undefined && token === '*') return '.*';
    if (escaped === undefined && token === '?') return '.';
    return (escaped ?? token).replace(/[.+^${}()|[\]\\*?/]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su').test(text);
}
