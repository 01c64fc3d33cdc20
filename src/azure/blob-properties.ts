import type { BlobHTTPHeaders, BlobType } from '@azure/storage-blob';
import { type Crc64, crc64FromBase64, crc64ToBase64 } from '../sync/crc64.ts';
import type { ObjectDescription, ObjectProperties, Provenance } from '../sync/objects.ts';
import { pickContentHeaders, sendableContentHeaders } from '../sync/properties/content-headers.ts';
import { blobMetadata } from '../sync/properties/metadata.ts';
import { hasTags } from '../sync/properties/tags.ts';

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
  readonly blobType?: BlobType | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Headers and metadata to write with the blob at `url`. Throws `invalid-metadata` when it cannot have them. */
export function toBlobHeaders({ properties, provenance, tier }: ObjectDescription, crc64: Crc64, url: string): BlobHeaders {
  const headers = Object.entries(sendableContentHeaders(properties, url));
  const blobHTTPHeaders = Object.fromEntries(headers.map(([name, value]) => [`blob${name[0]?.toUpperCase()}${name.slice(1)}`, value]));
  const own: Record<string, string> = { crc64nvme: crc64ToBase64(crc64, 'big-endian') };
  if (provenance !== undefined) own['source_etag'] = provenance.sourceEtag;
  if (provenance?.originalKey !== undefined) own['original_key'] = provenance.originalKey;
  return {
    blobHTTPHeaders,
    metadata: blobMetadata.encode({ user: properties.metadata, own }, url),
    ...(tier !== undefined && { tier }),
    // An empty header would still take a permission.
    ...(hasTags(properties) && { tags: { ...properties.tags } }),
  };
}

/** Reads what a HEAD or GET says about a blob, whoever wrote it; `md5` is the Content-MD5 of the whole blob in the answer. */
export function fromBlobHeaders(answer: BlobAnswer, md5: Uint8Array | undefined): StoredDescription {
  const { user, own } = blobMetadata.decode(answer.metadata);
  return {
    properties: { ...pickContentHeaders(answer), metadata: user },
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

/**
 * A blob's Content-MD5, which is never the service's own word: it is what the service computed only where the blob was written by Put Blob,
 * and Put Block List and Set Blob Properties store what they are given. Page and append blobs keep it when they are changed in place.
 */
export function claimedMd5(blobType: BlobType | undefined, md5: Uint8Array | undefined): { readonly claimedMd5?: string } {
  const isGiven = isWrittenWhole(blobType) && md5 !== undefined && md5.length > 0;
  return isGiven ? { claimedMd5: Buffer.from(md5).toString('hex') } : {};
}

/** Block blobs are replaced as a whole, with their metadata. */
export function isWrittenWhole(blobType: BlobType | undefined): boolean {
  return blobType === 'BlockBlob';
}
