import type { BlobItem } from '@azure/storage-blob';
import type { ObjectEntry } from '../sync/objects.ts';
import { present } from '../sync/present.ts';
import { sourceEtagInBlobListing } from '../sync/properties/metadata.ts';
import { claimedMd5, isWrittenWhole } from './blob-properties.ts';

/** A blob of a listing that includes metadata, with `prefix` cut off its name. */
export function toEntry({ name, metadata, properties }: BlobItem, prefix: string): ObjectEntry {
  const sourceEtag = sourceEtagInBlobListing(metadata);
  return {
    key: name.slice(prefix.length),
    sizeBytes: present(properties.contentLength, `the size of ${name}`),
    etag: quoted(properties.etag),
    lastModified: properties.lastModified,
    // A blob without an MD5 is listed with an empty one.
    ...claimedMd5(properties.blobType, properties.contentMD5),
    ...(sourceEtag === undefined || !isWrittenWhole(properties.blobType) ? {} : { sourceEtag }),
    // Tools for Hadoop, and others, mark so what stands for a directory in an account without any.
    ...(metadata?.['hdi_isfolder'] === 'true' ? { isFolder: true } : {}),
    ...(properties.accessTier === 'Archive' ? { isArchived: true } : {}),
    ...(properties.archiveStatus === undefined ? {} : { isRestoring: true }),
    ...(properties.accessTier === undefined ? {} : { tier: properties.accessTier }),
  };
}

// The service quotes an ETag in a header, but not in a listing.
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}
