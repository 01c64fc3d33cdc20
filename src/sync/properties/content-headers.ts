import type { ObjectProperties } from '../objects.ts';
import { StoreError } from '../store-error.ts';
import { isHeaderText } from './metadata.ts';

/** The headers that travel with an object. */
export type ContentHeaders = Omit<ObjectProperties, 'metadata' | 'tags'>;

const NAMES = ['contentType', 'cacheControl', 'contentEncoding', 'contentDisposition', 'contentLanguage'] as const;

/** The content headers of an SDK's answer, without those that are not there or empty. */
export function pickContentHeaders(answer: { readonly [Name in keyof ContentHeaders]?: string | undefined }): ContentHeaders {
  return Object.fromEntries(NAMES.map((name) => [name, answer[name]]).filter(([, value]) => value));
}

/** The content headers to send for the object at `url`. Throws `invalid-metadata` for what HTTP cannot carry. */
export function sendableContentHeaders(properties: ObjectProperties, url: string): ContentHeaders {
  const headers = pickContentHeaders(properties);
  for (const [name, value] of Object.entries(headers)) {
    if (isHeaderText(value)) continue;
    const message = `The ${name} of ${url} is not printable ASCII, and HTTP cannot carry it. Change it at the source.`;
    throw new StoreError('invalid-metadata', message);
  }
  return headers;
}
