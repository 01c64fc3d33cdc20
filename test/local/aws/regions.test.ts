import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsStandIn } from '../../../local/aws/server.ts';
import { presign, sendRaw, sendSigned } from './support/raw-request.ts';
import { startTestAws, type TestAws } from './support/setup.ts';

const ELSEWHERE = 'us-west-2';
const REGION_HEADER = { 'x-amz-bucket-region': ELSEWHERE };

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

function bucketElsewhere(settings: Parameters<AwsStandIn['configureBucket']>[1] = {}): string {
  const Bucket = test.newBucket();
  test.aws.configureBucket(Bucket, { region: ELSEWHERE, ...settings });
  return Bucket;
}

function clientElsewhere(): S3Client {
  return test.client({ region: ELSEWHERE });
}

describe('a bucket in another region', () => {
  it('is used by requests that are signed for its region', async () => {
    const Bucket = bucketElsewhere();

    await clientElsewhere().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }));

    expect(await clientElsewhere().send(new ListObjectsV2Command({ Bucket }))).toMatchObject({ KeyCount: 1 });
    expect(await clientElsewhere().send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: ELSEWHERE });
    expect(await clientElsewhere().send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({ LocationConstraint: ELSEWHERE });
  });

  it.each([
    { redirect: undefined, status: 301, code: 'PermanentRedirect' },
    { redirect: 307, status: 307, code: 'TemporaryRedirect' },
    { redirect: 400, status: 400, code: 'AuthorizationHeaderMalformed' },
  ] as const)('answers a request for the wrong region $status, with its region in a header', async ({ redirect, status, code }) => {
    const Bucket = bucketElsewhere(redirect && { redirect });

    const answer = await sendSigned(test, { method: 'GET', path: `/${Bucket}?list-type=2` });

    expect(answer).toMatchObject({ status, headers: REGION_HEADER });
    expect(answer.text).toContain(`<Code>${code}</Code>`);
    if (status === 400) expect(answer.text).toContain(`<Region>${ELSEWHERE}</Region>`);
    else expect(answer.text).toContain(`<Endpoint>${Bucket}.s3.${ELSEWHERE}.amazonaws.com</Endpoint>`);
  });

  it.each([301, 307, 400] as const)('answers HEAD %i without a body', async (redirect) => {
    const Bucket = bucketElsewhere({ redirect });

    const answer = await sendSigned(test, { method: 'HEAD', path: `/${Bucket}/key` });

    expect(answer).toMatchObject({ status: redirect, headers: REGION_HEADER, text: '' });
  });

  it('leaves a client that asks by HEAD with nothing but the status and the region', async () => {
    const head = test.client().send(new HeadObjectCommand({ Bucket: bucketElsewhere(), Key: 'key' }));

    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 301 }, $response: { headers: REGION_HEADER } });
  });

  it('writes nothing on the way', async () => {
    const Bucket = bucketElsewhere();
    const put = test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }));

    await expect(put).rejects.toMatchObject({ name: 'PermanentRedirect' });
    expect(await clientElsewhere().send(new ListObjectsV2Command({ Bucket }))).toMatchObject({ KeyCount: 0 });
  });

  it('refuses a presigned URL for the wrong region by another name', async () => {
    const path = await presign(test, { method: 'GET', path: `/${bucketElsewhere({ redirect: 400 })}/key` }, { expiresInSeconds: 60 });

    const answer = await sendRaw(test.aws.url, { method: 'GET', path });

    expect(answer).toMatchObject({ status: 400, headers: REGION_HEADER });
    expect(answer.text).toContain('<Code>AuthorizationQueryParametersError</Code>');
  });
});

describe('the first region', () => {
  it('has no name as a location', async () => {
    const Bucket = test.newBucket();
    test.aws.configureBucket(Bucket, { region: 'us-east-1' });

    const location = await test.client({ region: 'us-east-1' }).send(new GetBucketLocationCommand({ Bucket }));

    expect(location.LocationConstraint ?? '').toBe('');
  });

  it('is where a bucket would be that names no region, which other endpoints refuse', async () => {
    const answer = await sendSigned(test, { method: 'PUT', path: '/somewhere', headers: { 'content-length': '0' } });

    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('<Code>IllegalLocationConstraintException</Code>') });
    await expect(test.client().send(new CreateBucketCommand({ Bucket: 'somewhere' }))).resolves.toBeDefined();
  });
});
