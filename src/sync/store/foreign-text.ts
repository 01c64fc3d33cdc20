/** Maximum length of a text from outside; the rest is never examined. */
const MAX_LENGTH = 1_000;

/** The beginning of a document, which is not a sentence of a service. */
const DOCUMENT = /^\ufeff?\s*(?:<[?!a-z]|[{[])/i;

const LINE_END = /[\r\n\u0085\u2028\u2029]/;

/** The first line of a text that another system wrote, as {@link onOneLine} gives it. */
export function foreignText(text: string): string {
  const start = text.slice(0, MAX_LENGTH + 1).trimStart();
  const end = start.search(LINE_END);
  return onOneLine(end < 0 ? start : start.slice(0, end));
}

/**
 * A text that another system wrote, fit for a message: at most 1,000 characters, without line breaks, control characters and what turns the
 * direction of a text around, and without the query of any URL, which may hold a signature. '' where it is a whole document.
 */
export function onOneLine(text: string): string {
  if (DOCUMENT.test(text.slice(0, MAX_LENGTH))) return '';
  const start = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
  const printable = start
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return printable.replaceAll(/(https?:\/\/[^\s?]{0,1000})\?\S*/gi, '$1');
}

/** The words of whatever was thrown, as {@link foreignText} gives them. */
export function wordsOf(error: unknown): string {
  return foreignText(error instanceof Error ? error.message : String(error));
}
