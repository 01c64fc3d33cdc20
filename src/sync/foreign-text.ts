/** What is read of a text from outside; more is never looked at. */
const MAX_LENGTH = 1_000;

/** What begins a document, and so no sentence that a service would say. */
const DOCUMENT = /^\ufeff?\s*(?:<[?!a-z]|[{[])/i;

/**
 * The first line of a text that another system wrote, fit for a message: at most 1,000 characters, without line breaks, control characters and
 * what turns the direction of a text around, and without the query of any URL, which may hold a signature. '' where it is a whole document.
 */
export function foreignText(text: string): string {
  const start = text.slice(0, MAX_LENGTH + 1);
  if (DOCUMENT.test(start)) return '';
  const [line = ''] = start.trimStart().split(/[\r\n\u2028\u2029\u0085]/, 1);
  const printable = line
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim();
  const safe = printable.replaceAll(/(https?:\/\/[^\s?]{0,1000})\?\S*/gi, '$1');
  return text.length > MAX_LENGTH && line.length + 1 >= MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH - 1)}…` : safe;
}

/** The words of whatever was thrown, as {@link foreignText} gives them. */
export function wordsOf(error: unknown): string {
  return foreignText(error instanceof Error ? error.message : String(error));
}
