import { sourceEtagInBlobListing } from '../../../sync/properties/metadata.ts';
import type { ObjectEntry } from '../../../sync/store/objects.ts';
import { claimedMd5, isWrittenWhole } from '../blob-properties.ts';
import type { ListedBlob } from './listing-page.ts';

/** A blob of a listing, with `prefix` cut off its name. */
export function toEntry(blob: ListedBlob, prefix: string): ObjectEntry {
  const { name, sizeBytes, etag, lastModified, blobType, contentMd5, accessTier, archiveStatus, metadata } = blob;
  const sourceEtag = metadata.has('source_etag') ? sourceEtagInBlobListing(Object.fromEntries(metadata)) : undefined;
  return {
    key: name.slice(prefix.length),
    sizeBytes,
    etag: quoted(etag),
    lastModified,
    ...(contentMd5 !== undefined && claimedMd5(blobType, Buffer.from(contentMd5, 'base64'))),
    ...(sourceEtag === undefined || !isWrittenWhole(blobType) ? {} : { sourceEtag }),
    ...(isFolder(metadata) && { isFolder: true }),
    ...stateOf({ accessTier, archiveStatus }),
  };
}

/** Tools for Hadoop, and others, mark so what stands for a directory in an account without any. `metadata` has its names in lower case. */
export function isFolder(metadata: ReadonlyMap<string, string>): boolean {
  return metadata.get('hdi_isfolder')?.toLowerCase() === 'true';
}

/** The tier, and what it means for reading. */
export function stateOf({
  accessTier,
  archiveStatus,
}: {
  readonly accessTier?: string | undefined;
  readonly archiveStatus?: string | undefined;
}): Pick<ObjectEntry, 'tier' | 'isArchived' | 'isRestoring'> {
  return {
    ...(accessTier === 'Archive' && { isArchived: true }),
    ...(archiveStatus !== undefined && archiveStatus !== '' && { isRestoring: true }),
    ...(accessTier !== undefined && { tier: accessTier }),
  };
}

// The service quotes an ETag in a header, but not in a listing.
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}
