import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import type { StreamTarget } from '../../../sync/store/store.ts';
import type { S3Requests } from '../s3-requests.ts';

/** With 10,000 parts at most, objects of up to 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 3;

/** Writes objects of unknown length, in parts as the bytes come; the object appears when all are there. */
export function createS3StreamTarget({ client, send, rules }: S3Requests): StreamTarget {
  return {
    async writeStream(key, body, { contentType, signal }) {
      await send({ action: 'write', key, signal }, async (target) => {
        signal?.throwIfAborted();
        const stream = Readable.from(body, signal === undefined ? {} : { signal });
        const params = { ...target, ...rules, Body: stream, ContentType: contentType };
        // A stream that fails, as ours does when the signal fires, makes the SDK abort the upload and wait for that.
        await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
      });
    },
  };
}
