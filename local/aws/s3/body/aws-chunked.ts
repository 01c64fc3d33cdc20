import { AwsError } from '../../aws-error.ts';

/** What guards the chunks and the trailer of a signed stream. */
export interface ChunkVerifier {
  /** Throws when `signature` is not that of the chunk. */
  verifyChunk(chunk: readonly Uint8Array[], signature: string | undefined): void;
  verifyTrailer(trailers: ReadonlyMap<string, string>): void;
}

export interface ChunkedContent {
  readonly content: AsyncIterable<Uint8Array>;
  /** By lower-case name; complete once `content` has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes a body in `aws-chunked` encoding. `content` fails with `IncompleteBody` when it ends before its last chunk and trailer, and
 * with the verifier's error when a signature does not match. A chunk is yielded before its signature is verified, so nothing may be
 * kept until `content` has ended well.
 */
export function decodeAwsChunked(source: AsyncIterable<Uint8Array>, verifier: ChunkVerifier | undefined): ChunkedContent {
  const trailers = new Map<string, string>();
  return { content: decode(createReader(source), verifier, trailers), trailers };
}

async function* decode(reader: Reader, verifier: ChunkVerifier | undefined, trailers: Map<string, string>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { sizeBytes, signature } = parseChunkHeader(await reader.line());
    const pieces: Uint8Array[] = [];
    for (let left = sizeBytes; left > 0; ) {
      const piece = await reader.take(left);
      left -= piece.length;
      if (verifier !== undefined) pieces.push(piece);
      yield piece;
    }
    verifier?.verifyChunk(pieces, signature);
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== '') throw incompleteBody();
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const [name = '', ...value] = line.split(':');
    trailers.set(name.trim().toLowerCase(), value.join(':').trim());
  }
  verifier?.verifyTrailer(trailers);
}

function parseChunkHeader(line: string): { readonly sizeBytes: number; readonly signature: string | undefined } {
  const match = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line);
  if (match?.[1] === undefined) throw incompleteBody();
  return { sizeBytes: Number.parseInt(match[1], 16), signature: match[2] };
}

interface Reader {
  /** The next line, without its CRLF. */
  line(): Promise<string>;
  /** Between 1 and `maxBytes` bytes. */
  take(maxBytes: number): Promise<Uint8Array>;
}

function createReader(source: AsyncIterable<Uint8Array>): Reader {
  const iterator = source[Symbol.asyncIterator]();
  let buffered: Buffer = Buffer.alloc(0);

  async function next(): Promise<Buffer> {
    const { done, value } = await iterator.next();
    if (done === true) throw incompleteBody();
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  return {
    async line() {
      for (;;) {
        const end = buffered.indexOf('\r\n');
        if (end >= 0) {
          const line = buffered.toString('latin1', 0, end);
          buffered = buffered.subarray(end + 2);
          return line;
        }
        if (buffered.length > MAX_LINE_BYTES) throw incompleteBody();
        buffered = Buffer.concat([buffered, await next()]);
      }
    },
    async take(maxBytes) {
      while (buffered.length === 0) buffered = await next();
      const piece = buffered.subarray(0, maxBytes);
      buffered = buffered.subarray(piece.length);
      return piece;
    },
  };
}

function incompleteBody(): AwsError {
  return new AwsError('IncompleteBody', 400, 'The request body terminated unexpectedly, or is not in the aws-chunked encoding.');
}
