/** Why a text is no glob, for people, with what to write instead. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/** So many characters of a glob are repeated in a message. */
const MAX_SHOWN = 80;

/** The characters of a glob that are still to be read. */
export interface GlobCursor {
  /** The next character, or one further on; `undefined` at the end. */
  peek(ahead?: number): string | undefined;
  take(): string | undefined;
  /** Takes the next character where it is this one; tells whether it was. */
  skip(character: string): boolean;
  /** For the caller to throw; `problem` goes on behind the glob itself. */
  error(problem: string): GlobError;
}

export function createGlobCursor(glob: string, text: string): GlobCursor {
  const characters = [...text];
  const shown = glob.length > MAX_SHOWN ? `${glob.slice(0, MAX_SHOWN)}…` : glob;
  let position = 0;
  return {
    peek: (ahead = 0) => characters[position + ahead],
    take: () => characters[position++],
    skip(character) {
      const isNext = characters[position] === character;
      if (isNext) position++;
      return isNext;
    },
    error: (problem) => new GlobError(`${JSON.stringify(shown)} ${problem}`),
  };
}
