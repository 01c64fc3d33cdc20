import { partitionOfRegion } from '../clouds/aws-partitions.ts';

/** A name or id that is given, and what is wrong with it: a sentence that goes on after the option's name. */
type Check = (text: string) => string | undefined;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Names of all that is created begin with the bridge's. The strictest of them: the CloudFormation stack starts with a letter, the Log
 * Analytics workspace has 4 characters at least and a letter or digit at its end, the function app has 60 with a suffix of 14.
 */
const NAME = /^[A-Za-z][A-Za-z0-9-]{2,30}[A-Za-z0-9]$/;

/** Azure refuses them in names that become host names. */
const RESERVED = /microsoft|windows|^login|^xbox/i;

export const checkTenant: Check = (text) =>
  GUID.test(text) ? undefined : `must be the tenant's id, a GUID, but is "${text}". az account show --query tenantId prints it.`;

export const checkSubscription: Check = (text) =>
  /^[^\p{Cc}"'`$\\]{1,64}$/u.test(text) ? undefined : `must be the id or the name of a subscription, but is "${text}".`;

export const checkAwsAccount: Check = (text) =>
  /^\d{12}$/.test(text) ? undefined : `must be an account id of 12 digits, but is "${text}".`;

export const checkAzureRegion: Check = (text) => {
  if (partitionOfRegion(text) !== undefined) return `is a region of Azure, such as westeurope, but "${text}" is one of AWS.`;
  return /^[a-z][a-z0-9]{2,29}$/.test(text) ? undefined : `must be a region of Azure, such as westeurope, but is "${text}".`;
};

export const checkAwsRegion: Check = (text) =>
  partitionOfRegion(text) === undefined ? `must be a region of AWS, such as eu-central-1, but is "${text}".` : undefined;

export const checkName: Check = (text) => {
  if (RESERVED.test(text)) return `must not contain "microsoft" or "windows", nor start with "login" or "xbox": Azure refuses "${text}".`;
  return NAME.test(text)
    ? undefined
    : `must have 4 to 32 of A-Z, a-z, 0-9 and "-", start with a letter and not end with "-", since names in both clouds are made of it, but is "${text}".`;
};

export const checkResourceGroup: Check = (text) =>
  /^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$/.test(text)
    ? undefined
    : `must have 1 to 90 of A-Z, a-z, 0-9, "_", "-", "." and brackets, and not end with ".", but is "${text}".`;

export const checkBucket: Check = (text) => {
  const isName = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/.test(text);
  const isReserved = /^\d+(?:\.\d+){3}$|^xn--|^sthree-|-s3alias$|--ol-s3$|--x-s3$|\.mrap$/.test(text);
  return isName && !isReserved ? undefined : `must be the name of a bucket, 3 to 63 of a-z, 0-9, "-" and single ".", but is "${text}".`;
};

/** Wildcards and variables of IAM are excluded, and what is not ASCII: IAM refuses it above U+00FF, and CloudFormation may change it. */
const PREFIX = /^(?!\/)(?:(?![*?$])[ -~])+$/;

export const checkPrefix: Check = (text) =>
  PREFIX.test(text)
    ? undefined
    : `must not start with "/", and must be of ASCII without "*", "?", "$" and control characters, since CloudFormation and IAM keep it as it is only then. It is ${JSON.stringify(text)}. A wider prefix, or none, is possible.`;

/** The longest part of a prefix that ends with a slash and that the template takes: a limit that is wider, never narrower. */
export function limitablePrefix(prefix: string): string {
  let limit = prefix;
  while (limit !== '' && checkPrefix(limit) !== undefined) limit = limit.slice(0, limit.lastIndexOf('/', limit.length - 2) + 1);
  return limit;
}
