import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Breaks the connection after the body, of which more was announced. */
  readonly breaksOff?: boolean;
}

export interface AnsweringServer {
  readonly url: string;
  /** Methods and URLs of the requests so far. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** A server on loopback that answers as it is told, whatever it is asked. */
export async function startAnsweringServer(answer: (request: IncomingMessage, count: number) => Answer): Promise<AnsweringServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const { status = 200, headers = {}, body = '', breaksOff = false } = answer(request, requests.length);
    const bytes = Buffer.from(body);
    const length = headers['content-length'] ?? String(bytes.length + (breaksOff ? 100 : 0));
    response.writeHead(status, {
      'content-type': 'application/xml',
      ...(headers['transfer-encoding'] ? {} : { 'content-length': length }),
      ...headers,
    });
    request.resume();
    if (breaksOff) response.write(bytes, () => response.destroy());
    else response.end(request.method === 'HEAD' ? undefined : bytes);
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
