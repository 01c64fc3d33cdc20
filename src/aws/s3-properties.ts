import { pickContentHeaders, sendableContentHeaders } from '../sync/content-headers.ts';
import { s3Metadata } from '../sync/metadata.ts';
import type { ObjectProperties, Provenance } from '../sync/store.ts';

interface S3Headers {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

interface Description {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance | undefined;
}

interface StoredDescription {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
}

/** Headers and metadata to write with the object at `url`. Throws `invalid-metadata` when it cannot have them. */
export function toS3Headers(
  { properties, provenance }: Description,
  url: string,
): S3Headers & { readonly Metadata: Record<string, string> } {
  const headers = sendableContentHeaders(properties, url);
  const own = provenance === undefined ? {} : { 'source-etag': provenance.sourceEtag };
  return {
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentEncoding: headers.contentEncoding,
    ContentDisposition: headers.contentDisposition,
    ContentLanguage: headers.contentLanguage,
    Metadata: s3Metadata.encode({ user: properties.metadata, own }, url),
  };
}

/** Reads what a HEAD or GET says about an object, whoever wrote it. */
export function fromS3Headers(answer: S3Headers): StoredDescription {
  const { user, own } = s3Metadata.decode(answer.Metadata);
  const sourceEtag = own['source-etag'];
  const headers = pickContentHeaders({
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentEncoding: contentEncodingOf(answer.ContentEncoding),
    contentDisposition: answer.ContentDisposition,
    contentLanguage: answer.ContentLanguage,
  });
  return { properties: { ...headers, metadata: user }, ...(sourceEtag === undefined ? {} : { provenance: { sourceEtag } }) };
}

// Some uploaders leave the name of S3's transfer format in the encoding; it is not that of the content.
function contentEncodingOf(encoding = ''): string {
  return encoding
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked')
    .join(', ');
}
