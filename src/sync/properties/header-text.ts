/** Tells whether `value` can travel as an HTTP header just as it is. */
export function isHeaderText(value: string): boolean {
  return /^[!-~]([ -~]*[!-~])?$/.test(value);
}

/** RFC 2047 encoded words, which S3 itself uses for what is not ASCII; the space between two of them does not count. */
const ENCODED_WORDS = /^=\?utf-8\?[bq]\?[^?\s]*\?=(\s+=\?utf-8\?[bq]\?[^?\s]*\?=)*$/i;

export function isEncodedWords(value: string): boolean {
  return ENCODED_WORDS.test(value);
}

/** The value as an encoded word, of ASCII only. */
export function toEncodedWord(value: string): string {
  return `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}

/** The text of a header that Node has read: encoded words, or UTF-8 whose bytes it took for Latin-1. */
export function decodeHeaderText(value: string): string {
  if (isEncodedWords(value)) return Buffer.concat(value.split(/\s+/).map(decodeWord)).toString();
  return utf8In(value) ?? value;
}

/** The text whose bytes in UTF-8 are the characters of `value`; `undefined` where they are not valid, or all are ASCII. */
function utf8In(value: string): string | undefined {
  if (!/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}

function decodeWord(word: string): Buffer {
  const [, , encoding = '', text = ''] = word.split('?');
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const bytes = text.replaceAll('_', ' ').replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
