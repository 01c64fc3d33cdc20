import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptBareErrors } from '../../src/federation/sts-error-body.ts';

let server: Server;
afterEach(() => server.close());

/** Asks a server for credentials that refuses, in its own way. */
async function ask(refuse: (response: ServerResponse) => void): Promise<unknown> {
  server = createServer((_, response) => refuse(response.writeHead(403))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new STSClient({ region: 'eu-central-1', maxAttempts: 1, endpoint: `http://127.0.0.1:${port}` });
  acceptBareErrors(client);
  return client.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: 'arn', RoleSessionName: 'name', WebIdentityToken: 'token' }));
}

describe('an error of STS', () => {
  it('has its code also where the server leaves out the outer element', async () => {
    const body = '<Error><Code>AccessDenied</Code><Message>No.</Message></Error>';

    await expect(ask((response) => response.end(body))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('without an end is not read to its end', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(16 * 1024, 'x');
      })(),
    );

    await expect(ask((response) => pipeline(endless, response, () => undefined))).rejects.toThrow();
  });
});
