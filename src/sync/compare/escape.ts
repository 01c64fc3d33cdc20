/** What stands for a character: its code in hexadecimal, as XML's EncodeName writes it. */
const ESCAPE = /_x([0-9a-f]{4})_/g;

/** What could be taken for the beginning of an escape, and so must be escaped itself. */
const LOOK_ALIKE = /_(?=x[0-9a-f]{4})/;

/** Whether {@link unescapeCharacters} might change a text, or {@link escapeCharacters} must. */
export function looksEscaped(text: string): boolean {
  return LOOK_ALIKE.test(text);
}

/**
 * Writes every character that `pattern` matches, each of one UTF-16 code unit, as `_x002e_`; and whatever looks like that. Two texts never
 * become the same, and {@link unescapeCharacters} turns the result back.
 */
export function escapeCharacters(text: string, pattern: RegExp): string {
  const mustEscape = new RegExp(`${LOOK_ALIKE.source}|${pattern.source}`, 'gu');
  return text.replaceAll(mustEscape, (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`);
}

export function unescapeCharacters(text: string): string {
  return text.replaceAll(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
