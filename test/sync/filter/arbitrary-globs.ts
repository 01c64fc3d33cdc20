import fc from 'fast-check';

/** A glob as it is meant, from which it is written, and which a slow but obvious matcher understands. */
type Piece =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one'; readonly text: string; readonly meant: RegExp }
  | { readonly kind: 'many'; readonly text: '*' | '**' }
  | { readonly kind: 'either'; readonly branches: readonly Pieces[] };

type Pieces = readonly Piece[];

export interface SampleGlob {
  readonly text: string;
  /** By trying everything. */
  readonly matches: (key: string) => boolean;
}

const CHARACTERS = ['a', 'b', '/', '/', '.', '*', '}', '\n', '~', 'é', '\uffe0', '\u{1f600}'];

export const sampleKeys = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 8 }).map((characters) => characters.join(''));

const pieces = fc.letrec<{ pieces: Pieces; piece: Piece }>((tie) => ({
  pieces: fc.array(tie('piece'), { maxLength: 5 }).map(withStarsApart),
  piece: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.constantFrom(...CHARACTERS).map((character) => ({ kind: 'literal', character }) as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        { kind: 'one', text: '?', meant: /^[^/]$/u } as const,
        { kind: 'one', text: '[a-z~]', meant: /^[a-z~]$/ } as const,
        { kind: 'one', text: '[!a\n*]', meant: /^[^/a\n*]$/u } as const,
        { kind: 'one', text: '\\w', meant: /^\w$/ } as const,
      ),
    },
    { weight: 2, arbitrary: fc.constantFrom('*', '**').map((text) => ({ kind: 'many', text }) as const) },
    {
      weight: 2,
      arbitrary: fc.array(tie('pieces'), { minLength: 1, maxLength: 3 }).map((branches) => ({ kind: 'either', branches }) as const),
    },
  ),
})).pieces;

export const sampleGlobs = fc
  .tuple(fc.boolean(), pieces)
  .map(([isAnchored, meant]): SampleGlob => toGlob(isAnchored ? [{ kind: 'literal', character: '/' }, ...meant] : meant))
  .filter(({ text }) => text !== '' && !text.includes('{{'));

/** Two in a row would be written as one other. */
function withStarsApart(list: Pieces): Pieces {
  return list.filter(({ kind }, index) => kind !== 'many' || list[index - 1]?.kind !== 'many');
}

function toGlob(written: Pieces): SampleGlob {
  const isAnchored = isSlash(written[0]);
  const isFolder = isSlash(written.at(-1));
  const inside = isAnchored ? written.slice(1) : written;
  const meant: Pieces = isFolder ? [...inside, { kind: 'many', text: '**' }] : inside;
  return {
    text: written.map(write).join(''),
    matches: (key) => beginningsIn(key, isAnchored).some((rest) => matches(meant, rest)),
  };
}

function isSlash(piece: Piece | undefined): boolean {
  return piece?.kind === 'literal' && piece.character === '/';
}

function beginningsIn(key: string, isAnchored: boolean): readonly string[] {
  if (isAnchored) return [key];
  const segments = key.split('/');
  return segments.map((_, index) => segments.slice(index).join('/'));
}

function matches(meant: Pieces, key: string): boolean {
  const [first, ...others] = meant;
  const [character = ''] = key;
  const behind = key.slice(character.length);
  if (first === undefined) return key === '';
  switch (first.kind) {
    case 'literal':
      return character === first.character && matches(others, behind);
    case 'one':
      return first.meant.test(character) && matches(others, behind);
    case 'either':
      return first.branches.some((branch) => matches([...branch, ...others], key));
    case 'many':
      return matches(others, key) || (character !== '' && (first.text === '**' || character !== '/') && matches(meant, behind));
  }
}

function write(piece: Piece): string {
  switch (piece.kind) {
    case 'literal':
      return /[*?[\]{},\\]/.test(piece.character) ? `\\${piece.character}` : piece.character;
    case 'either':
      return `{${piece.branches.map((branch) => branch.map(write).join('')).join(',')}}`;
    default:
      return piece.text;
  }
}
