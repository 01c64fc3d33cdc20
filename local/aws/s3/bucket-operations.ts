import { z } from 'zod';
import { AwsError } from '../aws-error.ts';
import { parseXml, renderXml } from '../xml.ts';
import { receiveText } from './body/receive-body.ts';
import { bucketArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from './s3-call.ts';

/** The region of buckets that are created without naming one. */
const FIRST_REGION = 'us-east-1';

/** ListBuckets, CreateBucket, HeadBucket, DeleteBucket and GetBucketLocation. */
export function createBucketOperations({ storage, accountId, region, clock }: S3Environment) {
  const regionOf = (bucket: string) => storage.buckets.settingsOf(bucket).region ?? region;

  const listBuckets: S3Operation = (call) => {
    call.authorize('s3:ListAllMyBuckets', 'arn:aws:s3:::*');
    const buckets = storage.buckets.list().map(({ name, createdMs }) => ({
      Name: name,
      CreationDate: new Date(createdMs).toISOString(),
      BucketRegion: regionOf(name),
    }));
    const result = { Owner: { ID: accountId }, Buckets: { Bucket: buckets } };
    return { status: 200, body: renderXml('ListAllMyBucketsResult', result, S3_NAMESPACE) };
  };

  const createBucket: S3Operation = async (call) => {
    call.authorize('s3:CreateBucket', bucketArn(call.bucket));
    checkBucketName(call.bucket);
    await checkLocation(call, region);
    if (!storage.buckets.create(call.bucket, clock().getTime())) {
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        409,
        'Your previous request to create the named bucket succeeded and you already own it.',
        {
          BucketName: call.bucket,
        },
      );
    }
    return { status: 200, headers: { location: `/${call.bucket}` } };
  };

  const headBucket: S3Operation = (call) => {
    call.authorize('s3:ListBucket', bucketArn(call.bucket));
    return { status: 200, headers: { 'x-amz-bucket-region': regionOf(call.bucket) } };
  };

  const deleteBucket: S3Operation = (call) => {
    call.authorize('s3:DeleteBucket', bucketArn(call.bucket));
    if (!storage.buckets.isEmpty(call.bucket)) {
      throw new AwsError('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', { BucketName: call.bucket });
    }
    storage.buckets.remove(call.bucket);
    return { status: 204 };
  };

  const getBucketLocation: S3Operation = (call) => {
    call.authorize('s3:GetBucketLocation', bucketArn(call.bucket));
    const location = regionOf(call.bucket);
    // The first region has no name here.
    const constraint = location === FIRST_REGION ? '' : location;
    return {
      status: 200,
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${S3_NAMESPACE}">${constraint}</LocationConstraint>`,
    };
  };

  return { listBuckets, createBucket, headBucket, deleteBucket, getBucketLocation };
}

/** Throws `InvalidBucketName` when S3 would not take `name`. */
export function checkBucketName(name: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')) return;
  throw new AwsError('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: name });
}

const configuration = z.object({ CreateBucketConfiguration: z.object({ LocationConstraint: z.string() }) });

async function checkLocation(call: S3Call, region: string): Promise<void> {
  const hasBody = Number(call.request.header('content-length') ?? '0') > 0;
  const parsed = hasBody ? configuration.safeParse(parseXml(await receiveText(call))) : undefined;
  const wanted = parsed?.data?.CreateBucketConfiguration.LocationConstraint;
  if ((wanted ?? FIRST_REGION) === region) return;
  const message = `The ${wanted ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw new AwsError('IllegalLocationConstraintException', 400, message);
}
