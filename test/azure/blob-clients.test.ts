import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobServiceClient } from '../../src/azure/blob-clients.ts';

/** Busy for the first two requests. */
let requests = 0;
const server = createServer((_, response) => {
  requests++;
  if (requests <= 2) response.writeHead(503, { 'x-ms-error-code': 'ServerBusy' }).end();
  else response.writeHead(200, { etag: '"1"', 'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT' }).end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('a client of an account', () => {
  it('tries again when the account is busy', async () => {
    const blobEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
    const client = createBlobServiceClient({
      connectionString: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;BlobEndpoint=${blobEndpoint};`,
    });

    const { etag } = await client.getContainerClient('container').getProperties();

    expect([etag, requests]).toEqual(['"1"', 3]);
  });

  it('signs in with a token only over TLS', async () => {
    const credential = { getToken: async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const client = createBlobServiceClient({ url: 'http://127.0.0.1:1/account', credential });

    await expect(client.getContainerClient('container').getProperties()).rejects.toThrow('non-TLS');
  });
});
