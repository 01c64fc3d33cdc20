import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64, type IHasher } from 'hash-wasm';
import type { AwsRequest } from '../../aws-request.ts';
import type { ChecksumAlgorithm, StoredChecksum } from '../../storage/stored-object.ts';
import { invalidRequest } from '../errors.ts';

/** A checksum over bytes that come in pieces. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64 of the checksum. Ends the use of it. */
  digest(): string;
}

const LENGTH_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 };

// hash-wasm takes polynomials in reflected form.
const crc32c = await createCRC32(0x82f63b78);
const crc64nvme = await createCRC64('9a6c9329ac4bc9b5');

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'crc32':
      return startCrc32();
    case 'crc32c':
      return startWasm(crc32c);
    case 'crc64nvme':
      return startWasm(crc64nvme);
    case 'sha1':
    case 'sha256': {
      const hash = createHash(algorithm);
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') };
    }
  }
}

/** Tells whether S3 knows the algorithm that a header or element names, in whatever case. */
export function parseAlgorithm(name: string): ChecksumAlgorithm | undefined {
  const lowerCase = name.toLowerCase();
  return lowerCase in LENGTH_BYTES ? (lowerCase as ChecksumAlgorithm) : undefined;
}

export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Absent when it follows the body as a trailer. */
  readonly value: string | undefined;
}

/** The one checksum that a request brings along, as a header or as a trailer to come. */
export function readDeclaredChecksum(request: AwsRequest): DeclaredChecksum | undefined {
  const trailer = request.header('x-amz-trailer');
  const names = [...request.headers.keys(), ...(trailer === undefined ? [] : [trailer.trim().toLowerCase()])]
    .filter((name) => name.startsWith('x-amz-checksum-'))
    .filter((name) => !['x-amz-checksum-mode', 'x-amz-checksum-type', 'x-amz-checksum-algorithm'].includes(name));
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const algorithm = parseAlgorithm(name.slice('x-amz-checksum-'.length));
  if (algorithm === undefined) throw invalidRequest(`The checksum header ${name} is not supported.`);
  if (others.length > 0) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  return { algorithm, value: request.header(name) };
}

/** Throws when `value` cannot be a checksum of this kind. */
export function checkFormat(algorithm: ChecksumAlgorithm, value: string): void {
  if (Buffer.from(value, 'base64').length === LENGTH_BYTES[algorithm]) return;
  throw invalidRequest(`Value for x-amz-checksum-${algorithm} header is invalid.`);
}

/** How answers show a stored checksum. */
export function checksumHeaders({ algorithm, type, value }: StoredChecksum): Record<string, string> {
  return { [`x-amz-checksum-${algorithm}`]: value, 'x-amz-checksum-type': type };
}

/** The element of an XML document that holds a checksum, such as `ChecksumCRC64NVME`. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm.toUpperCase()}`;
}

function startCrc32(): RunningChecksum {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

/** Many checksums take turns on one WebAssembly instance: its state is a few bytes, an instance costs much more. */
function startWasm(hasher: IHasher): RunningChecksum {
  let state = hasher.init().save();
  return {
    update(chunk) {
      state = hasher.load(state).update(chunk).save();
    },
    digest: () => Buffer.from(hasher.load(state).digest('binary')).toString('base64'),
  };
}
