import { createHash } from 'node:crypto';
import type { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Crc64, crc64FromBase64, crc64ToBase64 } from '../../sync/store/crc64.ts';
import { present } from '../../sync/store/present.ts';
import type { Verified } from '../../sync/store/store.ts';

/** The checksums in a response of S3. */
interface ChecksumAnswer {
  readonly ChecksumCRC64NVME?: string | undefined;
  readonly ETag?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/** Tells whether the server keeps and checks CRC-64/NVME; if not, it is sent Content-MD5. */
export async function keepsCrc64(client: S3Client): Promise<boolean> {
  return (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
}

/** Checksum headers for a body, so that the server refuses anything else. */
export function checksumOf(body: Uint8Array, crc64: Crc64, isCrc64Kept: boolean): { ChecksumCRC64NVME: string } | { ContentMD5: string } {
  if (isCrc64Kept) return { ChecksumCRC64NVME: toBase64(crc64) };
  return { ContentMD5: createHash('md5').update(body).digest('base64') };
}

export function toBase64(crc64: Crc64): string {
  return crc64ToBase64(crc64, 'big-endian');
}

/** How far the answer to a write proves the bytes. */
export function verifiedBy(answer: ChecksumAnswer, crc64: Crc64, isCrc64Kept: boolean): Verified {
  if (!isCrc64Kept) return 'md5';
  return answer.ChecksumCRC64NVME === toBase64(crc64) ? 'crc64' : 'length';
}

/** Checksums of the whole object in the answer to a HEAD or GET. */
export function checksumsIn(answer: ChecksumAnswer): { readonly crc64?: Crc64; readonly md5?: string } {
  const crc64 = crc64FromBase64(answer.ChecksumCRC64NVME ?? '', 'big-endian');
  const isPlain = !answer.ServerSideEncryption?.startsWith('aws:kms') && answer.SSECustomerAlgorithm === undefined;
  const md5 = isPlain ? md5OfEtag(answer.ETag) : undefined;
  return { ...(crc64 === undefined ? {} : { crc64 }), ...(md5 === undefined ? {} : { md5 }) };
}

/** The MD5 that an ETag is, unless the object was uploaded in parts. With a KMS or customer key the ETag looks like one but is not. */
export function md5OfEtag(etag: string | undefined): string | undefined {
  return /^"?([0-9a-f]{32})"?$/.exec(etag ?? '')?.[1];
}

/** The ETag of an answer with its quotes, which some servers leave out in listings and not in headers. */
export function quoted(etag: string | undefined): string {
  const tag = present(etag, 'ETag');
  return tag.endsWith('"') ? tag : `"${tag}"`;
}

/** Asks for the stored checksum by header only: by the SDK's own option, the SDK would check the body as well, and slowly. */
export function askForChecksum(command: GetObjectCommand): GetObjectCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { headers: Record<string, string> } };
      request.headers['x-amz-checksum-mode'] = 'ENABLED';
      return next(args);
    },
    { name: 'askForChecksum', step: 'build' },
  );
  return command;
}
