import { compareKeys } from '../store/key-order.ts';
import type { GlobCursor } from './glob-cursor.ts';

/** Tells whether a character is one of those that are meant. */
export type Accepts = (character: string) => boolean;

const matching =
  (expression: RegExp): Accepts =>
  (character) =>
    expression.test(character);

/** As in RE2: of ASCII only. */
const NAMED_CLASSES: ReadonlyMap<string, Accepts> = new Map([
  ['d', matching(/^[0-9]$/)],
  ['D', matching(/^[^0-9]$/u)],
  ['s', matching(/^[\t\n\f\r ]$/)],
  ['S', matching(/^[^\t\n\f\r ]$/u)],
  ['w', matching(/^[0-9A-Za-z_]$/)],
  ['W', matching(/^[^0-9A-Za-z_]$/u)],
]);

/** Reads what is behind a backslash: a character that is meant as it is, or a class. Throws GlobErrors. */
export function parseEscape(cursor: GlobCursor): string | Accepts {
  const character = cursor.take();
  if (character === undefined) throw cursor.error('ends with "\\", which has to stand before a character; write "\\\\" for itself');
  const named = NAMED_CLASSES.get(character);
  if (named !== undefined) return named;
  if (/[0-9A-Za-z]/.test(character)) {
    throw cursor.error(
      `has "\\${character}", which means nothing; "\\" goes before a special character, or makes \\d, \\s, \\w, \\D, \\S or \\W`,
    );
  }
  return character;
}

/** Reads a class behind its "[", and the "]" at its end. Like `?` it never accepts a slash. Throws GlobErrors. */
export function parseClass(cursor: GlobCursor): Accepts {
  const isNegated = cursor.skip('!') || cursor.skip('^');
  const members: Accepts[] = [];
  while (!cursor.skip(']')) members.push(parseMember(cursor));
  if (members.length === 0) throw cursor.error('has a class of no characters; write "\\[" for the character itself');
  return (character) => character !== '/' && members.some((accepts) => accepts(character)) !== isNegated;
}

/** Reads a character, a range of them, or a class in the class. */
function parseMember(cursor: GlobCursor): Accepts {
  const first = parseMemberCharacter(cursor);
  if (typeof first !== 'string') return first;
  // At the end of the class a "-" is no more than that.
  if (cursor.peek() !== '-' || cursor.peek(1) === ']') return (character) => character === first;
  cursor.skip('-');
  const last = parseMemberCharacter(cursor);
  if (typeof last !== 'string' || compareKeys(first, last) > 0) {
    throw cursor.error(`has a range in a class that does not go upwards, from "${first}"; write "\\-" for a "-" that makes no range`);
  }
  return (character) => compareKeys(first, character) <= 0 && compareKeys(character, last) <= 0;
}

function parseMemberCharacter(cursor: GlobCursor): string | Accepts {
  const character = cursor.take();
  if (character === undefined) throw cursor.error('has a "[" without its "]"; write "\\[" for the character itself');
  if (character === '[') throw cursor.error('has a "[" in a class; write "\\[" for the character itself, and ranges for named classes');
  if (character === '/') throw cursor.error('has a "/" in a class, which no class matches; use alternatives, such as "{/,-}"');
  return character === '\\' ? parseEscape(cursor) : character;
}
