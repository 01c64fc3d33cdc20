import { partitionOfRegion } from '../clouds/aws-partitions.ts';
import type { Job } from '../config/jobs/jobs.ts';

/** The KMS keys that the role may use. */
export interface KmsKeys {
  readonly arns: readonly string[];
  /** Aliases and ids, whose ARNs only AWS can say. */
  readonly names: readonly string[];
  readonly problems: readonly string[];
}

const KEY_ARN = /^arn:([^:]+):kms:([^:]+):\d{12}:key\/[A-Za-z0-9-]+$/;
const ALIAS_ARN = /^arn:([^:]+):kms:([^:]+):\d{12}:alias\/[A-Za-z0-9/_-]+$/;
const NAME = /^(?:alias\/[A-Za-z0-9/_-]{1,250}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** Derives them from the jobs and the options. S3 takes a key of the bucket's own region only. */
export function deriveKmsKeys(jobs: readonly Job[], more: readonly string[], region: string | undefined): KmsKeys {
  const wanted = [
    ...jobs.flatMap(({ name, destination, options: { encryption } }) =>
      destination.kind === 's3' && encryption?.kmsKeyId !== undefined ? [{ by: `The job "${name}"`, key: encryption.kmsKeyId }] : [],
    ),
    ...more.map((key) => ({ by: '--kms-key', key })),
  ];
  const keys = [...new Set(wanted.map(({ key }) => key))];
  return {
    arns: keys.filter((key) => KEY_ARN.test(key)),
    names: keys.filter((key) => !KEY_ARN.test(key)),
    problems: wanted.flatMap(({ by, key }) => findProblem(by, key, region)),
  };
}

function findProblem(by: string, key: string, region: string | undefined): readonly string[] {
  if (NAME.test(key)) return [];
  const [, partition, ofKey] = KEY_ARN.exec(key) ?? ALIAS_ARN.exec(key) ?? [];
  if (partition === undefined || ofKey === undefined) return [`${by} names a KMS key by no ARN, id or alias ("alias/…"): "${key}".`];
  if (partition !== partitionOfRegion(ofKey)?.id) return [`${by} names a KMS key whose partition and region do not match: "${key}".`];
  if (region !== undefined && ofKey !== region) return [`${by} names a KMS key in ${ofKey}, but the buckets are in ${region}: "${key}".`];
  return [];
}
