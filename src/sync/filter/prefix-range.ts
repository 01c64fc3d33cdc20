import type { KeyRange } from '../store/key-range.ts';

/** Services can be asked for keys from here on: no noncharacter, which they refuse. */
const HIGHEST_CHARACTER = '\u{10fffd}';
const HIGHEST_CODE_POINT = 0x10fffd;
/** Before it there are control characters only. */
const LOWEST_CODE_POINT = 0x20;
/** Characters that services do not accept in a request, since XML cannot hold them. */
const UNASKABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** All keys that begin with `prefix`, and perhaps a few next to them. The range's bounds are texts with which services can be asked. */
export function prefixCover(prefix: string): KeyRange {
  const through = textBehind(prefix);
  return { ...startBefore(prefix), ...(through !== undefined && { through }) };
}

/** This key, and perhaps a few before it. */
export function keyCover(key: string): KeyRange {
  return { ...startBefore(key), through: key };
}

/** Nothing but keys that begin with `prefix`, and all but a few of them. */
export function prefixCore(prefix: string): KeyRange {
  return prefix === '' ? {} : { after: prefix, through: prefix + HIGHEST_CHARACTER };
}

/** There is no last text before `prefix`; between this one and it is next to nothing. */
function startBefore(prefix: string): KeyRange {
  const characters = [...prefix];
  const last = characters.pop();
  const previous = last === undefined ? undefined : neighbourOf(last, -1);
  const after = characters.join('') + (previous === undefined ? '' : previous + HIGHEST_CHARACTER);
  return after === '' ? {} : { after };
}

/** Follows all keys that begin with `prefix`; `undefined` where nothing does. */
function textBehind(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = neighbourOf(last, 1);
    if (next !== undefined) return characters.join('') + next;
  }
  return undefined;
}

function neighbourOf(character: string, step: 1 | -1): string | undefined {
  const start = (character.codePointAt(0) ?? 0) + step;
  for (let point = start; point >= LOWEST_CODE_POINT && point <= HIGHEST_CODE_POINT; point += step) {
    const neighbour = String.fromCodePoint(point);
    if (!UNASKABLE.test(neighbour)) return neighbour;
  }
  return undefined;
}
