import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface ScriptedServer {
  /** On loopback. */
  readonly url: string;
  /** The headers of each request so far. */
  readonly requests: readonly IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** A server that gives these answers one after the other, and then an empty object, whatever it is asked. */
export async function startScriptedServer(answers: readonly Answer[]): Promise<ScriptedServer> {
  const emptyObject = { status: 200, headers: { etag: '"1"', 'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT' } };
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const { status, headers, body }: Answer = answers[requests.length] ?? emptyObject;
    requests.push(request.headers);
    response.writeHead(status, { 'content-length': body?.length ?? 0, ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
