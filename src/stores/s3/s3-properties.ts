import type { StorageClass } from '@aws-sdk/client-s3';
import { pickContentHeaders, sendableContentHeaders } from '../../sync/properties/content-headers.ts';
import { s3Metadata } from '../../sync/properties/metadata.ts';
import { hasTags } from '../../sync/properties/tags.ts';
import { type Crc64, crc64FromBase64, crc64ToBase64 } from '../../sync/store/crc64.ts';
import type { ObjectDescription, ObjectProperties, Provenance, Tags } from '../../sync/store/objects.ts';

interface S3Headers {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

interface StoredHeaders extends S3Headers {
  /** The header as it is; as a Date, the SDK gives it only where it is one. */
  readonly ExpiresString?: string | undefined;
  readonly MissingMeta?: number | undefined;
}

interface NewObjectHeaders extends S3Headers {
  readonly Expires: Date | undefined;
  readonly Metadata: Record<string, string>;
  readonly StorageClass: StorageClass | undefined;
  readonly Tagging: string | undefined;
}

interface StoredDescription {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
}

/**
 * Headers and metadata to write with the object at `url`. The mark has the CRC-64 of the bytes where that is known: not in an upload by parts,
 * whose metadata are fixed before them. Throws `invalid-metadata` when the object cannot have them.
 */
export function toS3Headers({ properties, provenance, tier }: ObjectDescription, url: string, crc64?: Crc64): NewObjectHeaders {
  const headers = sendableContentHeaders(properties, url);
  return {
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentEncoding: headers.contentEncoding,
    ContentDisposition: headers.contentDisposition,
    ContentLanguage: headers.contentLanguage,
    // The SDK sends a text as it is, though its type knows only dates.
    Expires: headers.expires as Date | undefined,
    WebsiteRedirectLocation: headers.websiteRedirect,
    Metadata: s3Metadata.encode({ user: properties.metadata, own: ownMetadata(provenance, crc64) }, url),
    // The SDK's type names the classes that it knows; the service has the last word.
    StorageClass: tier as StorageClass | undefined,
    // An empty header would still take a permission.
    Tagging: hasTags(properties) ? toTagging(properties.tags ?? {}) : undefined,
  };
}

function ownMetadata(provenance: Provenance | undefined, crc64: Crc64 | undefined): Record<string, string> {
  if (provenance === undefined) return {};
  const { sourceEtag, originalKey } = provenance;
  return {
    'source-etag': sourceEtag,
    ...(originalKey !== undefined && { 'original-key': originalKey }),
    ...(crc64 !== undefined && { crc64nvme: crc64ToBase64(crc64, 'big-endian') }),
  };
}

/** The mark, so that it can be told whether there is room for it. A key of its own is found in the mark alone. */
export function markToFit(provenance: Provenance | undefined) {
  return { own: ownMetadata(provenance, 0n), mustKeepMark: provenance?.originalKey !== undefined };
}

/** As the query of a URL. */
function toTagging(tags: Tags): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

/** Reads what a HEAD or GET says about an object, whoever wrote it. */
export function fromS3Headers(answer: StoredHeaders): StoredDescription {
  const { user, own } = s3Metadata.decode(answer.Metadata);
  const headers = pickContentHeaders({
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentEncoding: contentEncodingOf(answer.ContentEncoding),
    contentDisposition: answer.ContentDisposition,
    contentLanguage: answer.ContentLanguage,
    expires: answer.ExpiresString,
    websiteRedirect: answer.WebsiteRedirectLocation,
  });
  const hidden = answer.MissingMeta ?? 0;
  return { properties: { ...headers, metadata: user, ...(hidden > 0 && { hiddenMetadata: hidden }) }, ...provenanceIn(own) };
}

function provenanceIn(own: Readonly<Record<string, string>>): Pick<StoredDescription, 'provenance'> {
  const { 'source-etag': sourceEtag, 'original-key': originalKey } = own;
  if (sourceEtag === undefined) return {};
  const crc64 = crc64FromBase64(own['crc64nvme'] ?? '', 'big-endian');
  return { provenance: { sourceEtag, ...(originalKey !== undefined && { originalKey }), ...(crc64 !== undefined && { crc64 }) } };
}

// Some uploaders leave the name of S3's transfer format in the encoding; it is not that of the content.
function contentEncodingOf(encoding = ''): string {
  return encoding
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked')
    .join(', ');
}
