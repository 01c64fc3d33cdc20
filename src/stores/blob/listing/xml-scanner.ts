import { cutShort, notUnderstood } from '../../../sync/flow/follow-pages.ts';

/** A tag as it stands. */
export interface Tag {
  readonly name: string;
  /** `empty` for `<a />`, which is all of its element. */
  readonly kind: 'open' | 'close' | 'empty';
  /** The text between the name and the end of the tag. */
  readonly attributes: string;
}

/** Reads a document from its beginning to its end, once. Throws BrokenPageErrors. */
export interface XmlScanner {
  /** The next tag; only white space may stand before it. */
  tag(): Tag;
  /** The text of the element that `tag` has opened, up to its end. */
  text(tag: Tag): string;
  /** The next child of the element that `tag` has opened, once the one before it was read or skipped; `undefined` at its end. */
  child(tag: Tag): Tag | undefined;
  /** Leaves out the rest of the element that `tag` has opened. */
  skip(tag: Tag): void;
  /** Only white space may be left. */
  end(): void;
}

const MAX_TAG_LENGTH = 8_192;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const NAME = /[^\s<>/&'"=]{1,1024}/y;
const SPACE = /\s*/y;
const DECLARATION = /<\?xml\s[^<>]{0,256}\?>/y;
const ATTRIBUTES = /^(?:\s+[^\s<>/&'"=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*$/;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/y;

/** Characters that XML text cannot hold as they are. A line break of two characters would have become one, so it was not meant. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;

/**
 * Reads the XML that services write, in time that grows with its length alone, and nothing else: no document type, no CDATA, no comments,
 * no entities but the five that XML has. What it does not know it refuses.
 */
export function createXmlScanner(document: string): XmlScanner {
  let at = 0;

  function skipSpace(): void {
    if (document.charCodeAt(at) === LESS_THAN) return;
    SPACE.lastIndex = at;
    SPACE.test(document);
    at = SPACE.lastIndex;
  }

  function tag(): Tag {
    skipSpace();
    if (at >= document.length) throw cutShort(`it ends after ${at} characters`);
    if (document.charCodeAt(at) !== LESS_THAN) throw notUnderstood(`there is a text between elements, at character ${at}`);
    const end = tagEnd(document, at + 1);
    const found = readTag(document, at, end);
    at = end + 1;
    return found;
  }

  /** Steps over the end of an element where it is written as nearly every one is. */
  function closes(name: string): boolean {
    const end = at + name.length + 2;
    const isEnd = document.startsWith(name, at + 2) && document.charCodeAt(at + 1) === SLASH && document.charCodeAt(end) === GREATER_THAN;
    if (isEnd) at = end + 1;
    return isEnd;
  }

  function close(name: string): void {
    if (closes(name)) return;
    const closing = tag();
    if (closing.kind !== 'close' || closing.name !== name) throw notUnderstood(`an element does not end before character ${at}`);
  }

  function text({ name, kind }: Tag): string {
    if (kind === 'empty') return '';
    const end = document.indexOf('<', at);
    if (end < 0) throw cutShort(`it ends after ${document.length} characters`);
    const raw = document.slice(at, end);
    if (FORBIDDEN.test(raw)) throw notUnderstood(`a character before ${end} is none of XML`);
    at = end;
    close(name);
    return decodeReferences(raw);
  }

  function child({ name, kind }: Tag): Tag | undefined {
    if (kind === 'empty') return undefined;
    const next = tag();
    if (next.kind !== 'close') return next;
    if (next.name !== name) throw notUnderstood(`an element does not end before character ${at}`);
    return undefined;
  }

  function skip({ name, kind }: Tag): void {
    if (kind === 'empty') return;
    const open = [name];
    for (let innermost = open.at(-1); innermost !== undefined; innermost = open.at(-1)) {
      const next = document.indexOf('<', at);
      if (next < 0) throw cutShort(`it ends after ${document.length} characters`);
      at = next;
      if (closes(innermost)) open.pop();
      else step(open, tag());
    }
  }

  function step(open: string[], { name, kind }: Tag): void {
    if (kind === 'open') open.push(name);
    else if (kind === 'close' && open.pop() !== name) throw notUnderstood(`an element does not end before character ${at}`);
  }

  function end(): void {
    skipSpace();
    if (at < document.length) throw notUnderstood(`it continues after its end, at character ${at}`);
  }

  skipSpace();
  DECLARATION.lastIndex = at;
  if (DECLARATION.test(document)) at = DECLARATION.lastIndex;
  return { tag, text, child, skip, end };
}

function readTag(document: string, start: number, end: number): Tag {
  const kind = document.charCodeAt(start + 1) === SLASH ? 'close' : document.charCodeAt(end - 1) === SLASH ? 'empty' : 'open';
  const nameAt = start + (kind === 'close' ? 2 : 1);
  NAME.lastIndex = nameAt;
  const name = NAME.test(document) ? document.slice(nameAt, NAME.lastIndex) : '';
  if (name === '' || name.startsWith('!') || name.startsWith('?')) throw notUnderstood(`there is no element at character ${start}`);
  const attributes = document.slice(nameAt + name.length, kind === 'empty' ? end - 1 : end);
  const isWell = attributes === '' || (kind === 'close' ? /^\s*$/ : ATTRIBUTES).test(attributes);
  if (!isWell) throw notUnderstood(`there is a broken tag at character ${start}`);
  return { name, kind, attributes };
}

/** Where the `>` of a tag is. One within quotes does not count. */
function tagEnd(document: string, start: number): number {
  const limit = Math.min(document.length, start + MAX_TAG_LENGTH);
  let quote = 0;
  for (let at = start; at < limit; at++) {
    const unit = document.charCodeAt(at);
    if (unit === quote) quote = 0;
    else if (quote === 0 && unit === 0x3e) return at;
    else if (quote === 0 && (unit === 0x22 || unit === 0x27)) quote = unit;
  }
  if (limit === document.length) throw cutShort(`it ends after ${limit} characters`);
  throw notUnderstood(`the tag at character ${start} is too long`);
}

function decodeReferences(text: string): string {
  let next = text.indexOf('&');
  if (next < 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (; next >= 0; next = text.indexOf('&', at)) {
    REFERENCE.lastIndex = next;
    const match = REFERENCE.exec(text);
    if (match === null) throw notUnderstood('a text has a reference that is none');
    const [whole, name, decimal, hexadecimal] = match;
    pieces.push(
      text.slice(at, next),
      name === undefined ? characterOf(Number.parseInt(decimal ?? hexadecimal ?? '', decimal ? 10 : 16)) : (NAMED[name] ?? ''),
    );
    at = next + whole.length;
  }
  return pieces.join('') + text.slice(at);
}

/** Control characters included: XML does not permit them, but the meaning is plain, and keys may hold them. */
function characterOf(codePoint: number): string {
  const isCharacter = codePoint > 0 && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  if (!isCharacter) throw notUnderstood('a text has a reference to no character');
  return String.fromCodePoint(codePoint);
}
