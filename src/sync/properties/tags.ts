import type { Misfit, ObjectProperties, Tags } from '../store/objects.ts';

/** Tells whether there is any tag to write. */
export function hasTags({ tags = {} }: ObjectProperties): boolean {
  return Object.keys(tags).length > 0;
}

/** A service's rules for tags. */
interface TagRules {
  readonly name: RegExp;
  readonly value: RegExp;
  /** The two rules in words, for people. */
  readonly rule: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html; names that begin with `aws:` are AWS's own. */
export const findS3TagMisfits = createTagCheck({
  name: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  value: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  rule: 'tags there are letters, digits, spaces and _ . : / = + - @, at most 128 characters with a value of 256, and do not begin with "aws:"',
});

/** https://learn.microsoft.com/rest/api/storageservices/set-blob-tags */
export const findBlobTagMisfits = createTagCheck({
  name: /^[a-zA-Z0-9 +\-./:=_]{1,128}$/,
  value: /^[a-zA-Z0-9 +\-./:=_]{0,256}$/,
  rule: 'tags there are of a-z, A-Z, 0-9, spaces and + - . / : = _, at most 128 characters with a value of 256',
});

function createTagCheck({ name: names, value: values, rule }: TagRules): (tags: Tags) => readonly Misfit[] {
  return (tags) =>
    Object.entries(tags)
      .filter(([name, value]) => !names.test(name) || !values.test(value))
      .map(([name]) => ({ kind: 'tag', name, why: rule }));
}
