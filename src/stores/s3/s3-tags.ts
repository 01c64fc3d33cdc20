import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { s3Metadata } from '../../sync/properties/metadata.ts';
import { findS3TagMisfits, hasTags } from '../../sync/properties/tags.ts';
import type { ObjectDescription } from '../../sync/store/objects.ts';
import { present } from '../../sync/store/present.ts';
import type { Store } from '../../sync/store/store.ts';
import type { NewObjectRules } from './s3-encryption.ts';
import type { Action } from './s3-errors.ts';
import { markToFit } from './s3-properties.ts';
import type { S3Requests } from './s3-requests.ts';

/** The part of the port that is about tags. */
export function createS3Tags({ client, send }: S3Requests): Pick<Store, 'readTags' | 'findMisfits'> {
  return {
    async readTags(key, { signal } = {}) {
      const { TagSet = [] } = await send({ action: 'read the tags of', key, signal }, (target, options) =>
        client.send(new GetObjectTaggingCommand(target), options),
      );
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [present(Key, 'Key'), present(Value, 'Value')]));
    },

    findMisfits: ({ metadata, tags = {} }, provenance) => [
      ...s3Metadata.findMisfits(metadata, markToFit(provenance)),
      ...findS3TagMisfits(tags),
    ],
  };
}

/** To write an object with tags, or with an ACL, takes a permission of its own. */
export function writeActionOf({ properties }: ObjectDescription, { ACL }: NewObjectRules): Action {
  if (ACL === undefined) return hasTags(properties) ? 'write, with its tags,' : 'write';
  return hasTags(properties) ? 'write, with its tags and ACL,' : 'write, with its ACL,';
}
