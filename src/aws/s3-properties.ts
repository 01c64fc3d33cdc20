import type { StorageClass } from '@aws-sdk/client-s3';
import type { ObjectDescription, ObjectProperties, Provenance, Tags } from '../sync/objects.ts';
import { pickContentHeaders, sendableContentHeaders } from '../sync/properties/content-headers.ts';
import { s3Metadata } from '../sync/properties/metadata.ts';
import { hasTags } from '../sync/properties/tags.ts';

interface S3Headers {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

interface NewObjectHeaders extends S3Headers {
  readonly Metadata: Record<string, string>;
  readonly StorageClass: StorageClass | undefined;
  readonly Tagging: string | undefined;
}

interface StoredDescription {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
}

/** Headers and metadata to write with the object at `url`. Throws `invalid-metadata` when it cannot have them. */
export function toS3Headers({ properties, provenance, tier }: ObjectDescription, url: string): NewObjectHeaders {
  const headers = sendableContentHeaders(properties, url);
  const own = {
    ...(provenance !== undefined && { 'source-etag': provenance.sourceEtag }),
    ...(provenance?.originalKey !== undefined && { 'original-key': provenance.originalKey }),
  };
  return {
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentEncoding: headers.contentEncoding,
    ContentDisposition: headers.contentDisposition,
    ContentLanguage: headers.contentLanguage,
    Metadata: s3Metadata.encode({ user: properties.metadata, own }, url),
    // The SDK's type names the classes that it knows; the service has the last word.
    StorageClass: tier as StorageClass | undefined,
    // An empty header would still take a permission.
    Tagging: hasTags(properties) ? toTagging(properties.tags ?? {}) : undefined,
  };
}

/** As the query of a URL. */
function toTagging(tags: Tags): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

/** Reads what a HEAD or GET says about an object, whoever wrote it. */
export function fromS3Headers(answer: S3Headers): StoredDescription {
  const { user, own } = s3Metadata.decode(answer.Metadata);
  const { 'source-etag': sourceEtag, 'original-key': originalKey } = own;
  const headers = pickContentHeaders({
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentEncoding: contentEncodingOf(answer.ContentEncoding),
    contentDisposition: answer.ContentDisposition,
    contentLanguage: answer.ContentLanguage,
  });
  const provenance = sourceEtag === undefined ? undefined : { sourceEtag, ...(originalKey !== undefined && { originalKey }) };
  return { properties: { ...headers, metadata: user }, ...(provenance && { provenance }) };
}

// Some uploaders leave the name of S3's transfer format in the encoding; it is not that of the content.
function contentEncodingOf(encoding = ''): string {
  return encoding
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked')
    .join(', ');
}
