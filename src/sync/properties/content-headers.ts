import type { Misfit, ObjectProperties } from '../store/objects.ts';
import { StoreError } from '../store/store-error.ts';
import { asciiDisposition } from './content-disposition.ts';
import { decodeHeaderText, isEncodedWords, isHeaderText } from './header-text.ts';

/** The headers that travel with an object. */
export type ContentHeaders = Omit<ObjectProperties, 'metadata' | 'tags' | 'hiddenMetadata'>;

/** The names of the headers by those that they have here. */
const NAMES: Readonly<Record<keyof ContentHeaders, string>> = {
  contentType: 'Content-Type',
  cacheControl: 'Cache-Control',
  contentEncoding: 'Content-Encoding',
  contentDisposition: 'Content-Disposition',
  contentLanguage: 'Content-Language',
  expires: 'Expires',
  websiteRedirect: 'x-amz-website-redirect-location',
};

/** The content headers of an SDK's answer, without those that are not there or empty. */
export function pickContentHeaders(answer: { readonly [Name in keyof ContentHeaders]?: string | undefined }): ContentHeaders {
  const values = namesHere().map((name) => [name, answer[name]] as const);
  // Encoded words stay: in a header other than the metadata they may be what the writer wanted.
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value ? [[name, isEncodedWords(value) ? value : decodeHeaderText(value)]] : [])),
  );
}

/** The content headers to send for the object at `url`. Throws `invalid-metadata` for what HTTP cannot carry. */
export function sendableContentHeaders(properties: ObjectProperties, url: string): ContentHeaders {
  const headers = pickContentHeaders(properties);
  for (const name of namesHere()) {
    const value = headers[name];
    if (value === undefined || isHeaderText(value)) continue;
    const message = `The ${NAMES[name]} of ${url} is not printable ASCII, and HTTP cannot carry it. Change it at the source.`;
    throw new StoreError('invalid-metadata', message);
  }
  return headers;
}

/** The headers that HTTP cannot carry. */
export function findHeaderMisfits(properties: ObjectProperties): readonly Misfit[] {
  return namesHere()
    .filter((name) => properties[name] !== undefined && properties[name] !== '' && !isHeaderText(properties[name]))
    .map((name) => headerMisfit(name, 'it is not printable ASCII', { hasNoOtherForm: true }));
}

export function headerMisfit(name: keyof ContentHeaders, why: string, more: Pick<Misfit, 'hasNoOtherForm'> = {}): Misfit {
  return { kind: 'header', name: NAMES[name], why, ...more };
}

/** The same headers, as far as HTTP has an equal form that it can carry: `filename*` (RFC 6266), and a space for a tab. */
export function inSendableForm(properties: ObjectProperties): ObjectProperties {
  const headers = pickContentHeaders(properties);
  const entries = namesHere().flatMap((name) => {
    const value = headers[name];
    if (value === undefined) return [];
    const text = isHeaderText(value) ? value : value.replaceAll('\t', ' ').trim();
    return [[name, name === 'contentDisposition' ? asciiDisposition(text) : text]];
  });
  return { ...properties, ...Object.fromEntries(entries) };
}

/** The same properties without the headers among `misfits`. */
export function withoutHeaders(properties: ObjectProperties, misfits: readonly Misfit[]): ObjectProperties {
  const isOut = (name: string) => misfits.some((misfit) => misfit.kind === 'header' && misfit.name === NAMES[name as keyof ContentHeaders]);
  return { metadata: properties.metadata, ...Object.fromEntries(Object.entries(properties).filter(([name]) => !isOut(name))) };
}

function namesHere(): readonly (keyof ContentHeaders)[] {
  return Object.keys(NAMES) as (keyof ContentHeaders)[];
}
