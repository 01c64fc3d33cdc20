import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';

const server = createServer((_, response) => response.writeHead(200).end());
let endpoint: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function clientWith(credentials: ReturnType<typeof simulate>['provide']) {
  return new S3Client({ region: 'eu-central-1', endpoint, forcePathStyle: true, credentials });
}

const head = () => new HeadBucketCommand({ Bucket: 'bucket' });

describe('clients of the AWS SDK', () => {
  it('that share the credentials ask STS once', async () => {
    const { provide, tokensSeen } = simulate();
    const [first, second] = [clientWith(provide), clientWith(provide)];

    await Promise.all([first.send(head()), second.send(head())]);
    await Promise.all([first.send(head()), second.send(head())]);

    expect(tokensSeen).toHaveLength(1);
  });

  it('do not keep credentials themselves: they ask ours for every request', async () => {
    const { provide } = simulate();
    let asked = 0;
    const counting = Object.assign(
      () => {
        asked += 1;
        return provide();
      },
      { memoized: provide.memoized },
    );
    const client = clientWith(counting);

    for (let request = 0; request < 3; request++) await client.send(head());

    expect(asked).toBeGreaterThanOrEqual(3);
  });
});
