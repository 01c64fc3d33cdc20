import { blobMetadata } from '../../sync/properties/metadata.ts';
import { findBlobTagMisfits, hasTags } from '../../sync/properties/tags.ts';
import type { ObjectDescription } from '../../sync/store/objects.ts';
import type { Store } from '../../sync/store/store.ts';
import type { Action } from './blob-errors.ts';
import { findForeignHeaders, markToFit } from './blob-properties.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';

/** The part of the port that is about index tags. */
export function createBlobTags({ send }: BlobRequests): Pick<Store, 'readTags' | 'findMisfits'> {
  return {
    async readTags(key, { signal } = {}) {
      const answer = await send({ action: 'read the tags of', key, signal }, (blob) => blob.getTags(abortable(signal)));
      // The SDK's own record of tags loses one that is named `__proto__`.
      const { blobTagSet = [] } = answer._response.parsedBody;
      return Object.fromEntries(blobTagSet.map((tag) => [tag.key, tag.value]));
    },

    findMisfits: (properties, provenance) => [
      ...blobMetadata.findMisfits(properties.metadata, markToFit(properties, provenance)),
      ...findForeignHeaders(properties),
      ...findBlobTagMisfits(properties.tags ?? {}),
    ],
  };
}

/** To write a blob with tags takes a permission of its own. */
export function writeActionOf({ properties }: ObjectDescription): Action {
  return hasTags(properties) ? 'write, with its tags,' : 'write';
}
