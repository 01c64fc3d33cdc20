import { TextDecoder } from 'node:util';
import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { type ContainerClient, RestError } from '@azure/storage-blob';
import { BrokenPageError, cutShort, notUnderstood } from '../../../sync/flow/follow-pages.ts';

/** Parameters of List Blobs. */
export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter?: '/';
  /** Inclusive, with the prefix; '' for the beginning. */
  readonly startFrom: string;
  readonly maxResults: number;
  readonly marker: string;
}

/** A page of 5,000 blobs with long names takes some 10 MB. More than this has so much metadata that fewer blobs must do. */
const MAX_PAGE_BYTES = 32 * 1024 ** 2;

/** For a page that would take too much memory. */
export class PageTooLargeError extends Error {
  override readonly name = 'PageTooLargeError';
}

/**
 * Sends List Blobs through the pipeline of the SDK, which signs it, retries it and holds it back, and returns the answer as text: the SDK's
 * own parser refuses pages that are right. Throws RestErrors as the SDK does, BrokenPageErrors for a body that breaks off, and
 * PageTooLargeErrors.
 */
export async function requestListing(container: ContainerClient, query: ListingQuery, signal: AbortSignal | undefined): Promise<string> {
  // The SDK has no option for this. Its clients send all requests through this object.
  const client = container['storageClientContext'];
  const request = createPipelineRequest({
    url: urlOf(container, query),
    headers: createHttpHeaders({ 'x-ms-version': client.version, accept: 'application/xml' }),
    allowInsecureConnection: true,
    // A body that is streamed is not parsed.
    streamResponseStatusCodes: new Set([200]),
    ...(signal && { abortSignal: signal }),
  });
  const response = await client.sendRequest(request);
  if (response.status !== 200) throw refusal(response);
  return textOf(response, signal);
}

function urlOf({ url }: ContainerClient, { prefix, delimiter, startFrom, maxResults, marker }: ListingQuery): string {
  const query = Object.entries({
    restype: 'container',
    comp: 'list',
    include: 'metadata',
    maxresults: String(maxResults),
    prefix,
    delimiter,
    startFrom,
    marker,
  }).filter(([, value]) => value);
  const text = query.map(([name, value = '']) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&');
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

function refusal({ status, headers, request, parsedBody, ...response }: PipelineResponse & { readonly parsedBody?: unknown }): RestError {
  const { Code, Message }: { readonly Code?: unknown; readonly Message?: unknown } = isRecord(parsedBody) ? parsedBody : {};
  const code = headers.get('x-ms-error-code') ?? (typeof Code === 'string' ? Code : undefined);
  const message = typeof Message === 'string' ? Message : '';
  return new RestError(message, {
    statusCode: status,
    ...(code !== undefined && { code }),
    request,
    response: { status, headers, request, ...response },
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

async function textOf({ readableStreamBody: body }: PipelineResponse, signal: AbortSignal | undefined): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let sizeBytes = 0;
  try {
    for await (const chunk of body ?? []) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      sizeBytes += bytes.length;
      if (sizeBytes > MAX_PAGE_BYTES) throw new PageTooLargeError(`A page has more than ${MAX_PAGE_BYTES} bytes.`);
      text += decode(decoder, bytes);
    }
  } catch (error) {
    if (error instanceof PageTooLargeError || error instanceof BrokenPageError || signal?.aborted) throw error;
    throw cutShort(`its body broke off after ${sizeBytes} bytes`);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw notUnderstood('it is not UTF-8');
  }
}
