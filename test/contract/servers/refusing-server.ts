import { createServer as createHttpServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from '../../../local/entra/certificates.ts';

interface RefusingServer {
  readonly url: string;
  /** Requests so far. */
  count(): number;
  stop(): Promise<void>;
}

/** A server that refuses each request as soon as its body begins to come, and reads no more of it. */
export async function startRefusingServer(refuse: (response: ServerResponse) => void, tls?: KeyAndCertificate): Promise<RefusingServer> {
  let requests = 0;
  const listener: RequestListener = (request, response) => {
    requests++;
    request.once('data', () => {
      request.pause();
      refuse(response);
    });
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer({ key: tls.key, cert: tls.certificate }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => requests,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
