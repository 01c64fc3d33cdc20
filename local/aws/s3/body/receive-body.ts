import { createHash } from 'node:crypto';
import { createChunkVerifier } from '../../auth/chunk-verifier.ts';
import { AwsError, notImplemented } from '../../aws-error.ts';
import type { AwsRequest } from '../../aws-request.ts';
import type { ChecksumAlgorithm } from '../../storage/stored-object.ts';
import { badDigest, invalidRequest } from '../errors.ts';
import type { S3Call } from '../s3-call.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { checkFormat, readDeclaredChecksum, startChecksum } from './checksums.ts';

export interface ReceivedBody {
  readonly sizeBytes: number;
  readonly md5Hex: string;
  /** By the algorithm that the client declared, else by the default one. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

const MAX_BODY_BYTES = 5 * 1024 ** 3;

/**
 * Receives the body of a request, decoded, piece by piece, and verifies everything that the client said about it: its length, hash, MD5
 * and checksum, and the signatures of chunks. Throws when anything does not match: nothing of it may be kept then.
 */
export async function receiveBody(
  { request, caller }: S3Call,
  write: (chunk: Uint8Array) => Promise<void> | void,
  defaultAlgorithm: ChecksumAlgorithm = 'crc64nvme',
): Promise<ReceivedBody> {
  checkLength(request);
  const declared = readDeclaredChecksum(request);
  const algorithm = declared?.algorithm ?? defaultAlgorithm;
  const payloadHash = request.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  const isStreaming = payloadHash.startsWith('STREAMING-');
  const { content, trailers } = isStreaming
    ? decodeAwsChunked(request.body, chooseVerifier(payloadHash, caller))
    : { content: request.body, trailers: new Map<string, string>() };

  const md5 = createHash('md5');
  const checksum = startChecksum(algorithm);
  const sha256 = /^[0-9a-f]{64}$/.test(payloadHash) ? createHash('sha256') : undefined;
  let sizeBytes = 0;
  for await (const chunk of content) {
    sizeBytes += chunk.length;
    md5.update(chunk);
    sha256?.update(chunk);
    checksum.update(chunk);
    await write(chunk);
  }

  const md5Digest = md5.digest();
  const value = checksum.digest();
  checkDecodedLength(request, sizeBytes);
  if (sha256 !== undefined && sha256.digest('hex') !== payloadHash) throw contentSha256Mismatch();
  checkMd5(request.header('content-md5'), md5Digest);
  if (declared !== undefined) checkChecksum(algorithm, declared.value ?? trailers.get(`x-amz-checksum-${algorithm}`), value);
  return { sizeBytes, md5Hex: md5Digest.toString('hex'), checksum: { algorithm, value } };
}

/** Receives a small body as text. */
export async function receiveText(call: S3Call): Promise<string> {
  const chunks: Uint8Array[] = [];
  await receiveBody(call, (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}

function chooseVerifier(payloadHash: string, caller: S3Call['caller']) {
  switch (payloadHash) {
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return undefined;
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return createChunkVerifier(caller, { hasTrailer: false });
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return createChunkVerifier(caller, { hasTrailer: true });
    default:
      throw notImplemented(`The x-amz-content-sha256 value ${payloadHash}`);
  }
}

function checkLength(request: AwsRequest): void {
  const length = request.header('x-amz-decoded-content-length') ?? request.header('content-length');
  if (length !== undefined) {
    if (Number(length) > MAX_BODY_BYTES) {
      throw new AwsError('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', {
        ProposedSize: length,
        MaxSizeAllowed: MAX_BODY_BYTES,
      });
    }
    return;
  }
  if (request.header('transfer-encoding') !== undefined) throw notImplemented('Transfer-Encoding without x-amz-decoded-content-length');
  throw new AwsError('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.');
}

function checkDecodedLength(request: AwsRequest, sizeBytes: number): void {
  const declared = request.header('x-amz-decoded-content-length');
  if (declared === undefined || Number(declared) === sizeBytes) return;
  throw new AwsError(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the x-amz-decoded-content-length header.',
  );
}

function contentSha256Mismatch(): AwsError {
  const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  return new AwsError('XAmzContentSHA256Mismatch', 400, message);
}

function checkMd5(header: string | undefined, actual: Buffer): void {
  if (header === undefined) return;
  const expected = Buffer.from(header, 'base64');
  if (expected.length !== actual.length) throw new AwsError('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.');
  if (!expected.equals(actual)) throw badDigest('Content-MD5');
}

function checkChecksum(algorithm: ChecksumAlgorithm, declared: string | undefined, actual: string): void {
  if (declared === undefined) throw invalidRequest(`The trailer x-amz-checksum-${algorithm} that was announced is missing.`);
  checkFormat(algorithm, declared);
  if (declared !== actual) throw badDigest(algorithm.toUpperCase());
}
