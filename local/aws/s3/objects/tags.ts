import { AwsError } from '../../aws-error.ts';
import type { Tag } from '../../storage/stored-object.ts';

const MAX_TAGS = 10;
const MAX_KEY_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 256;
/** Letters, digits, spaces and these. */
const ALLOWED = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/** Returns `tags`; throws when S3 would not keep them. */
export function checkTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > MAX_TAGS) throw new AwsError('BadRequest', 400, `Object tags cannot be greater than ${MAX_TAGS}`);
  for (const { Key, Value } of tags) {
    if (Key === '' || Key.length > MAX_KEY_CHARACTERS) throw invalidTag('The TagKey you have provided is invalid');
    if (/^aws:/i.test(Key)) throw invalidTag('System tags cannot be added/updated by requester');
    if (!ALLOWED.test(Key)) throw invalidTag('The TagKey you have provided is invalid');
    if (Value.length > MAX_VALUE_CHARACTERS || !ALLOWED.test(Value)) throw invalidTag('The TagValue you have provided is invalid');
  }
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) throw invalidTag('Cannot provide multiple Tags with the same key');
  return tags;
}

function invalidTag(message: string): AwsError {
  return new AwsError('InvalidTag', 400, message);
}
