import { StringDecoder } from 'node:string_decoder';

/** A line is longer than is held. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, maxLength: number) {
    super(`Line ${line} is longer than ${maxLength} characters.`);
    this.line = line;
  }
}

/**
 * The lines of a UTF-8 text, without their ends. An unfinished last line is left out: its writer died over it. Of a long line each piece is
 * looked at once. Throws {@link LineTooLongError} before it holds more than `maxLength` characters and a chunk.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxLength = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  const take = (piece: string) => {
    length += piece.length;
    if (length > maxLength) throw new LineTooLongError(line, maxLength);
    pieces.push(piece);
  };
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      take(text.slice(from, end));
      yield pieces.join('');
      pieces = [];
      length = 0;
      line++;
      from = end + 1;
    }
    take(text.slice(from));
  }
}
