/** Why a text is no glob, for people, with what to write instead. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/** The characters of a glob that are still to be read. */
export interface GlobCursor {
  /** The next character, or one further on; `undefined` at the end. */
  peek(ahead?: number): string | undefined;
  take(): string | undefined;
  /** Takes the next character where it is this one; tells whether it was. */
  skip(character: string): boolean;
  /** For the caller to throw; `problem` has no subject: that is the glob, which is not repeated since it may be a secret in the wrong place. */
  error(problem: string): GlobError;
}

export function createGlobCursor(glob: string, text: string): GlobCursor {
  const characters = [...text];
  let position = 0;
  return {
    peek: (ahead = 0) => characters[position + ahead],
    take: () => characters[position++],
    skip(character) {
      const isNext = characters[position] === character;
      if (isNext) position++;
      return isNext;
    },
    error: (problem) => new GlobError(`a glob of ${glob.length} characters ${problem}`),
  };
}
