/** C0 and C1 controls but for tab and line ends, DEL, line separators, and what turns the direction of a text around or is not seen. */
const UNSEEN = /(?![\t\r\n])[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A text in which each character that a terminal would obey, or a reader would not see, is written as `\uXXXX`. JSON stays what it was: inside
 * a string the two mean the same, and elsewhere it has none of them.
 */
export function escapeUnseen(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
