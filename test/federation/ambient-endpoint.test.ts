import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAssumeRole } from '../../src/federation/assume-role.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { startAnsweringServer } from '../support/servers/answering-server.ts';

afterEach(() => vi.unstubAllEnvs());
const CREDENTIALS = { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' };

describe('an ambient endpoint in the environment', () => {
  it('gets no token and no request, whatever it is named', async () => {
    const seen: string[] = [];
    const eavesdropper = await startAnsweringServer((request) => {
      seen.push(request.url ?? '');
      return { status: 400 };
    });
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL_S3']) vi.stubEnv(name, eavesdropper.url);
    // A region that does not exist: nothing is asked of the real AWS.
    const region = 'xx-nowhere-1';
    const assumeRole = createAssumeRole({ roleArn: 'arn:aws:iam::123456789012:role/a', region, sessionName: 'a', durationSeconds: 900 });
    const s3 = createS3Client({ region, credentials: CREDENTIALS, checksums: 'when-supported', maxAttempts: 1 });

    await Promise.allSettled([assumeRole('token'), s3.send(new ListBucketsCommand({}))]);

    expect(seen).toEqual([]);
    await eavesdropper.stop();
  });
});
