import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** A page of 1,000 keys, each of them encoded, takes some 4 MB. */
export const MAX_PAGE_BYTES = 16 * 1024 ** 2;

const LISTINGS = ['ListObjectsV2Command', 'ListPartsCommand', 'ListMultipartUploadsCommand'];

/** For a page that would take too much memory, and seconds to parse. */
export class PageTooLargeError extends Error {
  override readonly name = 'PageTooLargeError';
}

type Middleware = Parameters<S3Client['middlewareStack']['add']>[0];

/** Ends answers to listings that have more bytes than any page has. The SDK takes them whole before it reads them. */
export function boundPages(client: S3Client): void {
  const middleware: Middleware = (next, { commandName }) => {
    return async (args) => {
      const result = await next(args);
      const response: unknown = 'response' in result ? result.response : undefined;
      if (LISTINGS.includes(commandName ?? '') && isWithBody(response)) response.body = Readable.from(upToLimit(response.body));
      return result;
    };
  };
  // Closest to the connection, so that the SDK reads what this gives.
  client.middlewareStack.add(middleware, { step: 'deserialize', priority: 'low', name: 'boundPages' });
}

function isWithBody(response: unknown): response is { body: Readable } {
  return typeof response === 'object' && response !== null && 'body' in response && response.body instanceof Readable;
}

async function* upToLimit(body: Readable): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_PAGE_BYTES) throw new PageTooLargeError(`A page has more than ${MAX_PAGE_BYTES} bytes.`);
    yield chunk;
  }
}
