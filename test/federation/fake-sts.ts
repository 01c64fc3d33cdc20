import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StsCall {
  readonly headers: IncomingHttpHeaders;
  readonly parameters: URLSearchParams;
}

export interface StsAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An STS that answers as it is told, to show what a good one cannot: errors that pass, clocks that differ, odd answers. */
export async function startFakeSts(answer: (call: StsCall) => StsAnswer) {
  const calls: StsCall[] = [];
  const server = createServer(async (request, response) => {
    const call = { headers: request.headers, parameters: new URLSearchParams(await text(request)) };
    calls.push(call);
    const { status, body, headers } = answer(call);
    response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Credentials that expire at `expiration`. */
export function granted(expiration: Date): StsAnswer {
  const credentials = `<AccessKeyId>ASIAFAKE</AccessKeyId><SecretAccessKey>fake-secret</SecretAccessKey><SessionToken>fake-session</SessionToken><Expiration>${expiration.toISOString()}</Expiration>`;
  return {
    status: 200,
    body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  };
}

/** A refusal in the words of STS. */
export function refused(status: number, code: string, message: string): StsAnswer {
  return {
    status,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  };
}
