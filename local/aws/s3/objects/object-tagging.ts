import { z } from 'zod';
import type { StoredObject, Tag } from '../../storage/stored-object.ts';
import { malformedXml, parseXml, renderXml } from '../../xml.ts';
import { receiveText } from '../body/receive-body.ts';
import { noSuchKey } from '../errors.ts';
import { objectArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { checkTags } from './tags.ts';

const tag = z.object({ Key: z.string(), Value: z.string() });
// An empty element is parsed as an empty text.
const taggingDocument = z.object({
  Tagging: z.object({
    TagSet: z.union([z.string().transform((): Tag[] => []), z.object({ Tag: z.array(tag) }).transform((set) => set.Tag)]),
  }),
});

/** GetObjectTagging, PutObjectTagging and DeleteObjectTagging. */
export function createObjectTagging({ storage }: S3Environment) {
  const find = ({ bucket, key }: S3Call): StoredObject => {
    const object = storage.objects.find(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  };
  const replaceTags = (call: S3Call, tags: readonly Tag[]) => storage.objects.put(call.bucket, call.key, { ...find(call), tags });
  const arnOf = ({ bucket, key }: S3Call) => objectArn(bucket, key);

  const getObjectTagging: S3Operation = (call) => {
    call.authorize('s3:GetObjectTagging', arnOf(call));
    const tags = find(call).tags.map(({ Key, Value }) => ({ Key, Value }));
    return { status: 200, body: renderXml('Tagging', { TagSet: { Tag: tags } }, S3_NAMESPACE) };
  };

  const putObjectTagging: S3Operation = async (call) => {
    call.authorize('s3:PutObjectTagging', arnOf(call));
    const parsed = taggingDocument.safeParse(parseXml(await receiveText(call)));
    if (!parsed.success) throw malformedXml();
    replaceTags(call, checkTags(parsed.data.Tagging.TagSet));
    return { status: 200 };
  };

  const deleteObjectTagging: S3Operation = (call) => {
    call.authorize('s3:DeleteObjectTagging', arnOf(call));
    replaceTags(call, []);
    return { status: 204 };
  };

  return { getObjectTagging, putObjectTagging, deleteObjectTagging };
}
