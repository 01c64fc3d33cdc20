import { stripVTControlCharacters } from 'node:util';

/** More than any error has; of a longer text the beginning and the end are looked at. */
const MAX_LENGTH = 128 * 1_024;

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', nbsp: ' ' };
/** A tag of HTML or XML, with its attributes; "<urlopen error …>" of a tool is none. */
const TAG =
  /<(?:[!?][a-z][^<>]{0,300}|\/?[a-z][\w:.-]{0,80}(?:\s{1,20}[\w:.-]{1,80}\s{0,5}=\s{0,5}(?:"[^"<>]{0,300}"|'[^'<>]{0,300}'|[^\s<>"']{1,300})){0,20}\s{0,20}\/?)>/gi;
const ESCAPES: Readonly<Record<string, string>> = { n: ' ', r: ' ', t: ' ', b: ' ', f: ' ' };

/** Prefixes of lines in logs, mails and issues: time, level, quotation marks. */
const LINE_BEGINNING =
  /^[ \t]{0,20}(?:>[ \t]?){0,5}(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,]{8,20}(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]{0,5})?(?:##\[\w{1,20}\])?/gm;

/**
 * The words of an error as somebody pasted it, on one line: without colours, the tags of HTML and XML, the escapes of JSON, HTML and URLs,
 * typographic quotes, and the frames, line beginnings and line ends of a terminal or log. For recognising it only; takes time in proportion
 * to the length.
 */
export function plainText(pasted: string): string {
  const words = stripVTControlCharacters(shortened(pasted))
    .replaceAll(/[\0\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(LINE_BEGINNING, '')
    .replaceAll(/[‘’‚‛`´]/g, "'")
    .replaceAll(/[“”„‟]/g, '"')
    .replaceAll(/\S{3,}/g, withoutUrlEscapes)
    .replaceAll(/\\{1,4}(?:u(00[\da-f]{2}|20[12][\da-f])|(["'/nrtbf]))/gi, (_, unicode?: string, letter?: string) =>
      unicode === undefined ? (ESCAPES[letter ?? ''] ?? letter ?? '') : asciiOf(Number.parseInt(unicode, 16)),
    );
  // A page that shows an error in HTML has it escaped twice.
  return withoutEntities(withoutEntities(words))
    .replaceAll(TAG, ' ')
    .replaceAll(/[\u2500-\u257f]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The text of a word; in one with escapes of a URL, "+" is a space. */
function withoutUrlEscapes(word: string): string {
  if (!/%[2-7][\da-f]|(?:description|message|reason)=/i.test(word)) return word;
  return word.replaceAll('+', ' ').replaceAll(/%([2-7][\da-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function withoutEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,5})|#x([\da-f]{1,4})|([a-z]{2,4}));/gi, (entity, decimal?: string, hex?: string, name?: string) =>
    name === undefined ? asciiOf(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)) : (ENTITIES[name] ?? entity),
  );
}

function shortened(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH / 2)}\n${text.slice(-MAX_LENGTH / 2)}`;
}

function asciiOf(code: number): string {
  if (code === 0x2018 || code === 0x2019) return "'";
  if (code === 0x201c || code === 0x201d) return '"';
  return code < 0x20 || code === 0xa0 ? ' ' : String.fromCharCode(code);
}
