import type { ObjectDescription } from '../sync/objects.ts';
import { blobMetadata } from '../sync/properties/metadata.ts';
import { findBlobTagMisfits, hasTags } from '../sync/properties/tags.ts';
import type { Store } from '../sync/store.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';
import type { Action } from './errors.ts';

/** The part of the port that is about index tags. */
export function createBlobTags({ send }: BlobRequests): Pick<Store, 'readTags' | 'findMisfits'> {
  return {
    async readTags(key, { signal } = {}) {
      const { tags } = await send({ action: 'read the tags of', key, signal }, (blob) => blob.getTags(abortable(signal)));
      return tags;
    },

    findMisfits: ({ metadata, tags = {} }) => [...blobMetadata.findMisfits(metadata), ...findBlobTagMisfits(tags)],
  };
}

/** To write a blob with tags takes a permission of its own. */
export function writeActionOf({ properties }: ObjectDescription): Action {
  return hasTags(properties) ? 'write, with its tags,' : 'write';
}
