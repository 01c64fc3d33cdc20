/** A way to write characters that a name cannot have as their codes in hexadecimal, as XML's EncodeName does: a dot as `_x002e_`. */
export interface Escape {
  /** Whether `unescape` might change a text, or `escape` must, whatever else it escapes. */
  looksEscaped(text: string): boolean;
  /**
   * Escapes every character that `pattern` matches, each of one UTF-16 code unit, and whatever looks as if it were escaped. Two texts never
   * become the same, and `unescape` turns the result back.
   */
  escape(text: string, pattern: RegExp): string;
  unescape(text: string): string;
}

/** For names in which any character may be escaped. */
export const nameEscape = createEscape('[0-9a-f]{4}');

/**
 * For keys, of which only these are escaped, by any store: control characters, `.`, `\`, `_`, `s`, U+FFFE and U+FFFF. Keys in which other
 * codes happen to be, such as `photo_x1080.jpg`, stay as they are.
 */
export const keyEscape = createEscape('(?:00[0189][0-9a-f]|002e|005[cf]|0073|007f|fff[ef])');

function createEscape(codes: string): Escape {
  const lookAlike = new RegExp(`_(?=x${codes})`);
  const escaped = new RegExp(`_x(${codes})_`, 'g');
  return {
    looksEscaped: (text) => lookAlike.test(text),
    escape(text, pattern) {
      const mustEscape = new RegExp(`${lookAlike.source}|${pattern.source}`, 'gu');
      return text.replaceAll(mustEscape, (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`);
    },
    unescape: (text) => text.replaceAll(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  };
}
