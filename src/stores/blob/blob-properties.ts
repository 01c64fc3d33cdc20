import type { BlobHTTPHeaders } from '@azure/storage-blob';
import { type ContentHeaders, headerMisfit, pickContentHeaders, sendableContentHeaders } from '../../sync/properties/content-headers.ts';
import { blobMetadata } from '../../sync/properties/metadata.ts';
import { hasTags } from '../../sync/properties/tags.ts';
import { type Crc64, crc64FromBase64, crc64ToBase64 } from '../../sync/store/crc64.ts';
import type { Misfit, ObjectDescription, ObjectProperties, Provenance } from '../../sync/store/objects.ts';

interface StoredDescription {
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  readonly claimedMd5?: string;
}

interface BlobHeaders {
  readonly blobHTTPHeaders: BlobHTTPHeaders;
  readonly metadata: Record<string, string>;
  readonly tier?: string;
  readonly tags?: Record<string, string>;
}

type BlobAnswer = Parameters<typeof pickContentHeaders>[0] & {
  readonly blobType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly _response: { readonly headers: { get(name: string): string | undefined } };
};

/** Headers and metadata to write with the blob at `url`. Throws `invalid-metadata` when it cannot have them. */
export function toBlobHeaders({ properties, provenance, tier }: ObjectDescription, crc64: Crc64, url: string): BlobHeaders {
  const { expires: _expires, websiteRedirect: _redirect, ...headers } = sendableContentHeaders(properties, url);
  const named = Object.entries(headers).map(([name, value]) => [`blob${name[0]?.toUpperCase()}${name.slice(1)}`, value]);
  return {
    blobHTTPHeaders: Object.fromEntries(named),
    metadata: blobMetadata.encode({ user: properties.metadata, own: ownMetadata(properties, provenance, crc64) }, url),
    ...(tier !== undefined && { tier }),
    // An empty header would still take a permission.
    ...(hasTags(properties) && { tags: { ...properties.tags } }),
  };
}

/** The mark, and in it the headers of S3 that no blob has. */
function ownMetadata(
  { expires, websiteRedirect }: ObjectProperties,
  provenance: Provenance | undefined,
  crc64: Crc64,
): Record<string, string> {
  if (provenance === undefined) return {};
  const { sourceEtag, originalKey } = provenance;
  return {
    source_etag: sourceEtag,
    crc64nvme: crc64ToBase64(crc64, 'big-endian'),
    ...(originalKey !== undefined && { original_key: originalKey }),
    ...(expires !== undefined && { s3_expires: expires }),
    ...(websiteRedirect !== undefined && { s3_website_redirect: websiteRedirect }),
  };
}

/** The mark, so that it can be told whether there is room for it. A key of its own, and headers of S3, are found in the mark alone. */
export function markToFit(properties: ObjectProperties, provenance: Provenance | undefined) {
  const mustKeepMark = provenance?.originalKey !== undefined || findForeignHeaders(properties).length > 0;
  return { own: ownMetadata(properties, provenance, 0n), mustKeepMark };
}

/** The headers of S3 that a blob can have only as metadata. */
export function findForeignHeaders(properties: ObjectProperties): readonly Misfit[] {
  const names: readonly (keyof ContentHeaders)[] = ['expires', 'websiteRedirect'];
  return names.filter((name) => properties[name] !== undefined).map((name) => headerMisfit(name, 'a blob has no such header'));
}

/** Reads what a HEAD or GET says about a blob, whoever wrote it; `md5` is the Content-MD5 of the whole blob in the answer. */
export function fromBlobHeaders(answer: BlobAnswer, md5: Uint8Array | undefined): StoredDescription {
  const { user, own } = blobMetadata.decode(allMetadata(answer));
  const { s3_expires: expires, s3_website_redirect: websiteRedirect } = own;
  return {
    properties: { ...pickContentHeaders(answer), ...pickContentHeaders({ expires, websiteRedirect }), metadata: user },
    // We write block blobs only. The others are changed in place, and their metadata stay.
    ...(isWrittenWhole(answer.blobType) && provenanceIn(own)),
    ...claimedMd5(answer.blobType, md5),
  };
}

function provenanceIn(own: Readonly<Record<string, string>>): Pick<StoredDescription, 'provenance'> {
  const { source_etag: sourceEtag, original_key: originalKey } = own;
  if (sourceEtag === undefined) return {};
  const crc64 = crc64FromBase64(own['crc64nvme'] ?? '', 'big-endian');
  return { provenance: { sourceEtag, ...(originalKey !== undefined && { originalKey }), ...(crc64 !== undefined && { crc64 }) } };
}

const MD5_BYTES = 16;

/**
 * A blob's Content-MD5, which is never the service's own word: it is what the service computed only where the blob was written by Put Blob,
 * and Put Block List and Set Blob Properties store what they are given. Page and append blobs keep it when they are changed in place.
 */
export function claimedMd5(blobType: string | undefined, md5: Uint8Array | undefined): { readonly claimedMd5?: string } {
  const isGiven = isWrittenWhole(blobType) && md5?.length === MD5_BYTES;
  return isGiven ? { claimedMd5: Buffer.from(md5).toString('hex') } : {};
}

/** Block blobs are replaced as a whole, with their metadata. */
export function isWrittenWhole(blobType: string | undefined): boolean {
  return blobType === 'BlockBlob';
}

/** The SDK collects metadata in an object, which loses the one that is named `__proto__`. */
function allMetadata({ metadata = {}, _response: { headers } }: BlobAnswer): Readonly<Record<string, string>> {
  const value = headers.get('x-ms-meta-__proto__');
  return value === undefined ? metadata : Object.fromEntries([...Object.entries(metadata), ['__proto__', value]]);
}
