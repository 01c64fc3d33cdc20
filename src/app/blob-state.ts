import { Readable } from 'node:stream';
import { type ContainerClient, RestError } from '@azure/storage-blob';
import { parseDocument } from '../runs/damaged-document.ts';
import type { Guard, State } from '../runs/state.ts';
import { cutShort, followPages, type ListedPage } from '../sync/flow/follow-pages.ts';

/** Keeps the app's records as blobs. Makes the container when it is first needed and missing. */
export function createBlobState(container: ContainerClient): State {
  let ready: Promise<unknown> | undefined;

  async function blob(path: string) {
    ready ??= container.createIfNotExists();
    await ready.catch((error) => {
      ready = undefined;
      throw error;
    });
    return container.getBlobClient(path);
  }

  return {
    async read<T>(path: string) {
      const client = await blob(path);
      const answer = await orUndefined(client.download(), 404);
      if (answer === undefined) return undefined;
      const chunks = await Array.fromAsync(bodyOf(answer));
      return { value: parseDocument(Buffer.concat(chunks).toString('utf8'), path) as T, etag: answer.etag ?? '' };
    },
    async write(path, value, guard) {
      const client = (await blob(path)).getBlockBlobClient();
      const body = Buffer.from(JSON.stringify(value));
      const blobHTTPHeaders = { blobContentType: 'application/json' };
      const answer = await orUndefined(client.upload(body, body.length, { conditions: conditionsOf(guard), blobHTTPHeaders }), 409, 412);
      return answer?.etag;
    },
    async remove(path, guard) {
      const client = await blob(path);
      return (await orUndefined(client.delete({ conditions: conditionsOf(guard) }), 404, 412)) !== undefined;
    },
    async *list(prefix) {
      await blob(prefix);
      const request = (marker?: string) => listPage(container, prefix, marker);
      for await (const names of followPages({ url: `the app's own records below ${prefix}`, request })) yield* names;
    },
    async createLog(path) {
      await (await blob(path)).getAppendBlobClient().create({ blobHTTPHeaders: { blobContentType: 'application/x-ndjson' } });
    },
    async append(path, text, position) {
      const client = (await blob(path)).getAppendBlobClient();
      const body = Buffer.from(text);
      const answer = await orUndefined(client.appendBlock(body, body.length, { conditions: { appendPosition: position } }), 412);
      const length = position + body.length;
      // Refused, since the answer to an earlier try was lost: then the log has grown by just this.
      if (answer === undefined && (await client.getProperties()).contentLength !== length)
        throw new Error(`The log ${path} has a second writer.`);
      return length;
    },
    async stream(path, offset = 0) {
      const answer = await orUndefined((await blob(path)).download(offset), 404, 416);
      return answer && { body: bodyOf(answer), totalBytes: offset + (answer.contentLength ?? 0) };
    },
    async writeStream(path, body, contentType) {
      const client = (await blob(path)).getBlockBlobClient();
      await client.uploadStream(Readable.from(body), undefined, undefined, { blobHTTPHeaders: { blobContentType: contentType } });
    },
  };
}

/** A log that a listing left out would be missing from the report: a page that does not say whether it is the last one is no page. */
async function listPage(container: ContainerClient, prefix: string, marker: string | undefined): Promise<ListedPage<string, string>> {
  const pages = container.listBlobsFlat({ prefix }).byPage(marker === undefined ? {} : { continuationToken: marker });
  const { value: page } = await pages.next().catch((error: unknown) => {
    throw isUnreadable(error) ? cutShort('it is no whole XML document') : error;
  });
  const next: unknown = page?.continuationToken;
  if (typeof next !== 'string') throw cutShort('it lacks NextMarker');
  return { entries: page.segment.blobItems.map(({ name }: { readonly name: string }) => name), next: next === '' ? undefined : next };
}

/** The SDK's error for a successful response that it cannot read: from its parser, or from its own code where the parser found nothing. */
function isUnreadable(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof RestError && error.code === RestError.PARSE_ERROR);
}

function bodyOf(answer: { readonly readableStreamBody?: NodeJS.ReadableStream }): AsyncIterable<Uint8Array> {
  return (answer.readableStreamBody ?? Readable.from([])) as AsyncIterable<Uint8Array>;
}

function conditionsOf(guard: Guard | undefined) {
  if (guard === undefined) return {};
  return guard === 'if-absent' ? { ifNoneMatch: '*' } : guard;
}

/** `undefined` in place of the service's refusal with one of `statusCodes`. */
async function orUndefined<T>(answer: Promise<T>, ...statusCodes: readonly number[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RestError && statusCodes.includes(error.statusCode ?? 0)) return undefined;
    throw error;
  }
}
