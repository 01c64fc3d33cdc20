/** A part of AWS with accounts, ARNs and host names of its own. */
export interface AwsPartition {
  /** As in `arn:<id>:…`. */
  readonly id: string;
  /** The names of its regions, those that are still to come included. */
  readonly regions: RegExp;
  /** One of them, for messages. */
  readonly exampleRegion: string;
  readonly dnsSuffix: string;
  /** DNS suffix of the dual-stack endpoints (IPv4 and IPv6). */
  readonly dualStackDnsSuffix: string;
}

/** Every partition. A region belongs to one at most. */
export const AWS_PARTITIONS: readonly AwsPartition[] = [
  {
    id: 'aws',
    // Most regions; the first part of the name says the continent or country, and new ones come.
    regions: /^(?!cn-)[a-z]{2}-[a-z]+-\d{1,2}$/,
    exampleRegion: 'eu-central-1',
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
  },
  {
    id: 'aws-cn',
    regions: /^cn-[a-z]+-\d{1,2}$/,
    exampleRegion: 'cn-north-1',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackDnsSuffix: 'api.amazonwebservices.com.cn',
  },
  {
    id: 'aws-us-gov',
    regions: /^us-gov-[a-z]+-\d{1,2}$/,
    exampleRegion: 'us-gov-west-1',
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
  },
  {
    id: 'aws-eusc',
    regions: /^eusc-[a-z]{2}-[a-z]+-\d{1,2}$/,
    exampleRegion: 'eusc-de-east-1',
    dnsSuffix: 'amazonaws.eu',
    dualStackDnsSuffix: 'api.amazonwebservices.eu',
  },
  {
    id: 'aws-iso',
    regions: /^us-iso-[a-z]+-\d{1,2}$/,
    exampleRegion: 'us-iso-east-1',
    dnsSuffix: 'c2s.ic.gov',
    dualStackDnsSuffix: 'api.aws.ic.gov',
  },
  {
    id: 'aws-iso-b',
    regions: /^us-isob-[a-z]+-\d{1,2}$/,
    exampleRegion: 'us-isob-east-1',
    dnsSuffix: 'sc2s.sgov.gov',
    dualStackDnsSuffix: 'api.aws.scloud',
  },
  {
    id: 'aws-iso-e',
    regions: /^eu-isoe-[a-z]+-\d{1,2}$/,
    exampleRegion: 'eu-isoe-west-1',
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackDnsSuffix: 'api.cloud-aws.adc-e.uk',
  },
  {
    id: 'aws-iso-f',
    regions: /^us-isof-[a-z]+-\d{1,2}$/,
    exampleRegion: 'us-isof-south-1',
    dnsSuffix: 'csp.hci.ic.gov',
    dualStackDnsSuffix: 'api.aws.hci.ic.gov',
  },
];

/** The partition of a region; `undefined` when no region has such a name. */
export function partitionOfRegion(region: string): AwsPartition | undefined {
  return AWS_PARTITIONS.find(({ regions }) => regions.test(region));
}

/** The partition that an ARN names; `undefined` for another text. */
export function partitionOfArn(arn: string): AwsPartition | undefined {
  const [prefix, id] = arn.split(':', 2);
  return prefix === 'arn' ? AWS_PARTITIONS.find((partition) => partition.id === id) : undefined;
}

/** Where STS of a region is. A region of no known partition gets an address of the first. */
export function stsEndpointOf(region: string): string {
  return `https://sts.${region}.${partitionOfRegion(region)?.dnsSuffix ?? 'amazonaws.com'}`;
}

/** Tells a host of AWS, such as an endpoint in a private network, from another server. */
export function isAwsHost(hostname: string): boolean {
  return AWS_PARTITIONS.some((partition) =>
    [partition.dnsSuffix, partition.dualStackDnsSuffix].some((suffix) => hostname.endsWith(`.${suffix}`)),
  );
}
