import { type Accepts, parseClass, parseEscape } from './glob-class.ts';
import { createGlobCursor, type GlobCursor } from './glob-cursor.ts';

/** Bounds what a match can cost. In UTF-16 code units, as text has its length. */
export const MAX_GLOB_LENGTH = 1_024;

export type GlobNode =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one-of'; readonly accepts: Accepts }
  /** Any number of characters. */
  | { readonly kind: 'star'; readonly crossesSlashes: boolean }
  | { readonly kind: 'alternatives'; readonly branches: readonly (readonly GlobNode[])[] };

/** A glob that has been read. */
export interface Glob {
  /** It begins where the key begins; else there or behind any slash. Either way it ends where the key ends. */
  readonly isAnchored: boolean;
  readonly nodes: readonly GlobNode[];
}

/**
 * Reads a glob as rclone means it: `*` and `?` match anything but a slash, `**` slashes too; `[a-z]`, `[!a-z]` one character; `{a,b}` either,
 * and they may nest; `\` takes a special character as it is. With `/` at its beginning it matches from the beginning of the key, else from
 * there or behind any slash; with `/` at its end, everything below. Other than in rclone a class never matches a slash, `**` matches newlines,
 * and `{{…}}` and `[[:…:]]` are refused. Throws {@link GlobError}.
 */
export function parseGlob(glob: string): Glob {
  const isAnchored = glob.startsWith('/');
  if (glob.length > MAX_GLOB_LENGTH)
    throw createGlobCursor(glob, '').error(`is longer than ${MAX_GLOB_LENGTH} characters; use shorter ones`);
  const text = (isAnchored ? glob.slice(1) : glob) + (glob.endsWith('/') ? '**' : '');
  const cursor = createGlobCursor(glob, text);
  if (glob === '') throw cursor.error('is empty; write "**" for every key');
  if (!glob.isWellFormed()) throw cursor.error('has half a surrogate pair, which is in no key');
  return { isAnchored, nodes: parseSequence(cursor, { isInBraces: false }) };
}

interface Place {
  readonly isInBraces: boolean;
}

/** Reads up to the end or, in braces, to the next of their own commas or their end. */
function parseSequence(cursor: GlobCursor, { isInBraces }: Place): readonly GlobNode[] {
  const nodes: GlobNode[] = [];
  for (let next = cursor.peek(); next !== undefined; next = cursor.peek()) {
    if (isInBraces && (next === ',' || next === '}')) break;
    nodes.push(parseNode(cursor, next));
  }
  return nodes;
}

function parseNode(cursor: GlobCursor, character: string): GlobNode {
  cursor.skip(character);
  switch (character) {
    case '*':
      return parseStar(cursor);
    case '?':
      return { kind: 'one-of', accepts: (candidate) => candidate !== '/' };
    case '[':
      return { kind: 'one-of', accepts: parseClass(cursor) };
    case '{':
      return { kind: 'alternatives', branches: parseBranches(cursor) };
    case '\\':
      return escaped(parseEscape(cursor));
    case ']':
    case '}':
      throw cursor.error(`has a "${character}" that closes nothing; write "\\${character}" for the character itself`);
    default:
      return { kind: 'literal', character };
  }
}

function parseStar(cursor: GlobCursor): GlobNode {
  const crossesSlashes = cursor.skip('*');
  if (cursor.peek() === '*') throw cursor.error('has more than two "*" in a row; write "**" for anything with slashes, "*" without');
  return { kind: 'star', crossesSlashes };
}

function parseBranches(cursor: GlobCursor): readonly (readonly GlobNode[])[] {
  if (cursor.peek() === '{') throw cursor.error('has "{{": regular expressions are not known here; write "\\{" for the character itself');
  const branches = [parseSequence(cursor, { isInBraces: true })];
  while (cursor.skip(',')) branches.push(parseSequence(cursor, { isInBraces: true }));
  if (!cursor.skip('}')) throw cursor.error('has a "{" without its "}"; write "\\{" for the character itself');
  return branches;
}

function escaped(meant: string | Accepts): GlobNode {
  if (typeof meant === 'string') return { kind: 'literal', character: meant };
  return { kind: 'one-of', accepts: (character) => character !== '/' && meant(character) };
}
