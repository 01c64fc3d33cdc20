import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { AWS_PARTITIONS, isAwsHost, partitionOfArn, partitionOfRegion, stsEndpointOf } from '../../src/clouds/aws-partitions.ts';

interface SdkPartition {
  readonly id: string;
  readonly outputs: { readonly dnsSuffix: string; readonly dualStackDnsSuffix: string };
  readonly regions: Readonly<Record<string, unknown>>;
}

/** What the AWS SDK itself builds its endpoints from. */
const SDK_PARTITIONS = readSdkPartitions();

describe('the partitions of AWS', () => {
  it('are those of the AWS SDK', () => {
    const ours = AWS_PARTITIONS.map(({ id, dnsSuffix, dualStackDnsSuffix }) => ({ id, dnsSuffix, dualStackDnsSuffix }));

    expect(ours.sort(byId)).toEqual(
      SDK_PARTITIONS.map(({ id, outputs: { dnsSuffix, dualStackDnsSuffix } }) => ({ id, dnsSuffix, dualStackDnsSuffix })).sort(byId),
    );
  });

  it.each(SDK_PARTITIONS.flatMap(({ id, regions }) => Object.keys(regions).map((region) => [region, id])))('%s is in %s', (region, id) => {
    // Such as aws-global, which is the name of an endpoint.
    if (region.endsWith('-global')) expect(partitionOfRegion(region)).toBeUndefined();
    else expect(AWS_PARTITIONS.filter(({ regions }) => regions.test(region)).map((partition) => partition.id)).toEqual([id]);
  });

  it.each(['kr-central-1', 'us-east-10'])('%s, which is not there yet, would be in aws', (region) => {
    expect(partitionOfRegion(region)?.id).toBe('aws');
  });

  it.each(['', 'eu', 'eu-central', 'EU-CENTRAL-1', 'eu central 1', 'westeurope', 'us-east-1a', 'us-east-1\n', 'eusc-de-east'])(
    '%j is no region',
    (region) => {
      expect(partitionOfRegion(region)).toBeUndefined();
    },
  );

  it.each([
    ['arn:aws:iam::111122223333:role/a', 'aws'],
    ['arn:aws-eusc:iam::111122223333:role/a', 'aws-eusc'],
    ['arn:aws-iso-b:kms:us-isob-east-1:111122223333:key/a', 'aws-iso-b'],
    ['arn:awsome:iam::111122223333:role/a', undefined],
    ['aws', undefined],
  ])('%s is of the partition %s', (arn, id) => {
    expect(partitionOfArn(arn)?.id).toBe(id);
  });

  it.each([
    ['eu-central-1', 'https://sts.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com'],
    ['eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu'],
    ['us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov'],
  ])('STS of %s is at %s', (region, url) => {
    expect(stsEndpointOf(region)).toBe(url);
  });

  it.each([
    ['sts.eu-central-1.amazonaws.com', true],
    ['vpce-0a1b.sts.eusc-de-east-1.vpce.amazonaws.eu', true],
    ['sts.eusc-de-east-1.api.amazonwebservices.eu', true],
    ['amazonaws.com', false],
    ['amazonaws.com.example', false],
    ['notamazonaws.com', false],
  ])('%s is a host of AWS: %s', (hostname, is) => {
    expect(isAwsHost(hostname)).toBe(is);
  });
});

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

/** The SDK exports its table to nobody, so it is read as text: an object in JSON. */
function readSdkPartitions(): readonly SdkPartition[] {
  const core = createRequire(import.meta.url).resolve('@aws-sdk/core/package.json');
  const text = readFileSync(core.replace('package.json', 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'), 'utf8');
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)).partitions;
}
