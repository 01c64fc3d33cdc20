import { ListPartsCommand, type Part, UploadPartCommand } from '@aws-sdk/client-s3';
import { followPages } from '../../../sync/flow/follow-pages.ts';
import { crc64FromBase64 } from '../../../sync/store/crc64.ts';
import { present } from '../../../sync/store/present.ts';
import type { Store, UploadedPart } from '../../../sync/store/store.ts';
import { sendOnce } from '../../common/send-once.ts';
import { nextOf, parsed, readEntries } from '../listing/whole-pages.ts';
import { checksumOf, keepsCrc64 } from '../s3-checksums.ts';
import type { S3Requests } from '../s3-requests.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const UPLOAD_LIMITS = { maxParts: 10_000, maxPartBytes: 5 * 1024 ** 3 };
const MAX_LISTED_PARTS = 1_000;

/** The SDK makes a chunk of each piece of a stream, and S3 refuses chunks below 8 KiB, but for the last. */
const MIN_PIECE_BYTES = 64 * 1024;

type Parts = 'uploadLimits' | 'uploadPart' | 'wantsMd5OfStreams' | 'uploadStreamedPart' | 'listParts';

/** The part of the port that puts and lists the parts of an upload. */
export function createS3Parts({ client, send, urlOf }: S3Requests): Pick<Store, Parts> {
  return {
    uploadLimits: UPLOAD_LIMITS,

    async uploadPart({ key, id }, number, body, { crc64, signal }) {
      const content = { Body: body, ContentLength: body.length, ...checksumOf(body, crc64, await keepsCrc64(client)) };
      const answer = await send({ action: 'write', key, signal }, (target, options) =>
        client.send(new UploadPartCommand({ ...target, ...content, UploadId: id, PartNumber: number }), options),
      );
      return toUploadedPart({ ...answer, PartNumber: number, Size: body.length });
    },

    wantsMd5OfStreams: async () => !(await keepsCrc64(client)),

    async uploadStreamedPart({ key, id }, number, body, { sizeBytes, md5, signal }) {
      // The SDK works the checksum out on the way and sends it behind the body.
      const checksum = (await keepsCrc64(client)) ? ({ ChecksumAlgorithm: 'CRC64NVME' } as const) : { ContentMD5: md5 };
      const part = { UploadId: id, PartNumber: number, ContentLength: sizeBytes, ...checksum };
      const answer = await send({ action: 'write', key, signal }, (target) =>
        sendOnce(inLargePieces(body), { sizeBytes, signal }, (Body, abortSignal) =>
          client.send(new UploadPartCommand({ ...target, ...part, Body }), { abortSignal }),
        ),
      );
      return toUploadedPart({ ...answer, PartNumber: number, Size: sizeBytes });
    },

    async listParts({ key, id }, { fromNumber = 1, toNumber = UPLOAD_LIMITS.maxParts, signal } = {}) {
      const pages = followPages<UploadedPart, number>({
        url: urlOf(key),
        of: 'object',
        signal,
        async request(last = fromNumber - 1) {
          const range = { PartNumberMarker: `${last}`, MaxParts: Math.min(toNumber - last, MAX_LISTED_PARTS) };
          const page = await send({ action: 'list the parts of', key, signal }, (target, options) =>
            parsed(client.send(new ListPartsCommand({ ...target, ...range, UploadId: id }), options)),
          );
          const entries = readEntries(page.Parts, toUploadedPart);
          // S3 sends a marker with the last page as well.
          const next = nextOf(page, entries.at(-1)?.number ?? last);
          return { entries, next: next === undefined || next >= toNumber ? undefined : next };
        },
      });
      const parts = fromNumber > toNumber ? [] : (await Array.fromAsync(pages)).flat();
      return parts.filter(({ number }) => number <= toNumber);
    },
  };
}

function toUploadedPart({ PartNumber, Size, ETag, ChecksumCRC64NVME = '' }: Part): UploadedPart {
  const crc64 = crc64FromBase64(ChecksumCRC64NVME, 'big-endian');
  return {
    number: present(PartNumber, 'PartNumber'),
    sizeBytes: present(Size, 'Size'),
    etag: present(ETag, 'ETag'),
    ...(crc64 === undefined ? {} : { crc64 }),
  };
}

async function* inLargePieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let small: Uint8Array[] = [];
  let smallBytes = 0;
  for await (const piece of body) {
    small.push(piece);
    smallBytes += piece.length;
    if (smallBytes < MIN_PIECE_BYTES) continue;
    yield small.length === 1 ? piece : Buffer.concat(small);
    small = [];
    smallBytes = 0;
  }
  yield Buffer.concat(small);
}
