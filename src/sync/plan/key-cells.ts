import { compareKeys } from '../store/key-order.ts';
import { type KeyRange, listOptionsOf } from '../store/key-range.ts';
import { present } from '../store/present.ts';
import type { Glimpse, KeyProbes } from './key-probes.ts';
import { throughCharacter } from './key-space.ts';

/** A cell that is not small is taken to hold so many times the keys of a small one, as long as nothing is known of it. */
export const SMALL_CELLS_IN_BIG_ONE = 10;

/** A stretch of keys, with at least one. */
export interface Cell {
  readonly range: KeyRange;
  /** Its share of all keys, if the branches of the tree are equal. */
  readonly share: number;
  /** How many keys it has, where it is small. */
  readonly keys?: number;
  /** The first key, where there are more than can be seen at once: the cell can be split further. */
  readonly firstKey?: string;
}

/** A cell of which the share is not known yet. */
type Piece = Omit<Cell, 'share'>;

/** All keys of a range as one cell; `undefined` when it is small. */
export async function wholeCell(probes: KeyProbes, range: KeyRange): Promise<Cell | undefined> {
  const glimpse = await probes.look(listOptionsOf(range), probes.smallKeys);
  if (glimpse === undefined || glimpse.isAll) return undefined;
  return { range, share: 1, firstKey: present(glimpse.keys[0], 'the first key') };
}

/**
 * Splits a cell where its keys begin to differ, into one for each character there, small neighbours together. What is left when the probes
 * are used up is one cell that cannot be split further.
 */
export async function splitCell(probes: KeyProbes, { range, share, firstKey }: Cell): Promise<readonly Cell[]> {
  const stem = firstKey === undefined ? undefined : await stemOf(probes, range, firstKey);
  if (stem === undefined) return [{ range, share }];
  const pieces = joinSmall(await piecesOf(probes, range, stem), probes.smallKeys);
  if (pieces.length === 0) return [{ range, share }];
  const keysOf = ({ keys = SMALL_CELLS_IN_BIG_ONE * probes.smallKeys }: Piece) => keys;
  const keys = pieces.reduce((sum, piece) => sum + keysOf(piece), 0);
  return pieces.map((piece) => ({ ...piece, share: (share * keysOf(piece)) / keys }));
}

/** The common beginning of all keys of the range. Takes about log2 of the key's length probes; `undefined` when they are used up. */
async function stemOf(probes: KeyProbes, range: KeyRange, firstKey: string): Promise<string | undefined> {
  const characters = [...firstKey];
  let shared = 0;
  let limit = characters.length;
  while (shared < limit) {
    const middle = Math.ceil((shared + limit) / 2);
    const end = probes.endOf(characters.slice(0, middle).join(''));
    const beyond = end === undefined ? undefined : await probes.look(listOptionsOf({ ...range, after: end }), 1);
    if (beyond === undefined) return undefined;
    if (beyond.keys.length === 0) shared = middle;
    else limit = middle - 1;
  }
  return characters.slice(0, shared).join('');
}

/** The range piece by piece: each holds the keys that have one character behind the stem. */
async function piecesOf(probes: KeyProbes, range: KeyRange, stem: string): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (let rest = range; ; ) {
    const glimpse = await probes.look(listOptionsOf(rest), probes.smallKeys);
    if (glimpse === undefined) return [...pieces, { range: rest }];
    const seen = headsIn(glimpse, stem);
    // Perhaps not all keys of the last head are seen: the next look begins with it, or it has more than can be seen.
    const last = glimpse.isAll ? undefined : seen.pop();
    for (const { keys } of seen) {
      const through = present(keys.at(-1), 'the last key');
      pieces.push({ range: { ...rest, through }, keys: keys.length });
      rest = { ...rest, after: through };
    }
    if (last === undefined) return pieces;
    if (seen.length > 0) continue;
    const piece = bigPiece(probes, rest, last);
    pieces.push(piece);
    const { through } = piece.range;
    if (through === range.through) return pieces;
    rest = { ...rest, after: present(through, 'the end of the piece') };
  }
}

/** The keys with one head, which are too many to be seen; or all of the rest, where the services cannot be asked for what is behind them. */
function bigPiece(probes: KeyProbes, rest: KeyRange, { head, keys }: Head): Piece {
  const end = probes.endOf(head);
  if (end === undefined) return { range: rest };
  const isLast = rest.through !== undefined && compareKeys(end, rest.through) >= 0;
  return { range: isLast ? rest : { ...rest, through: end }, firstKey: present(keys[0], 'the first key') };
}

/** Keys that begin with the stem and one character more. */
interface Head {
  readonly head: string;
  readonly keys: readonly string[];
}

/** The keys of a glimpse by what they begin with: the stem and one character more. */
function headsIn({ keys }: Glimpse, stem: string): Head[] {
  const groups = Map.groupBy(keys, (key) => (key.length > stem.length ? throughCharacter(key, stem.length) : key));
  return [...groups].map(([head, group]) => ({ head, keys: group }));
}

function joinSmall(pieces: readonly Piece[], smallKeys: number): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const keys = (last?.keys ?? smallKeys) + (piece.keys ?? smallKeys);
    if (last === undefined || keys > smallKeys) joined.push(piece);
    else joined[joined.length - 1] = { range: { ...last.range, ...throughOf(piece.range) }, keys };
  }
  return joined;
}

function throughOf({ through }: KeyRange): KeyRange {
  return through === undefined ? {} : { through };
}
