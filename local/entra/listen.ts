import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KeyAndCertificate } from './certificates.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: unknown;
}

export interface Listening {
  /** Without a slash at the end. */
  readonly origin: string;
  stop(): Promise<void>;
}

export interface ListenOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** With it the server speaks HTTPS. */
  readonly tls?: KeyAndCertificate;
}

/** Serves `answer` on loopback until stopped. */
export async function listen(answer: (request: ReceivedRequest) => Promise<Answer>, options: ListenOptions): Promise<Listening> {
  const respond: RequestListener = async (request, response) => {
    const { status, body } = await receive(request)
      .then(answer)
      .catch((error: unknown) => ({ status: 500, body: { error: 'server_error', error_description: String(error) } }));
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  const server =
    options.tls === undefined
      ? createHttpServer(respond)
      : createHttpsServer({ key: options.tls.key, cert: options.tls.certificate }, respond);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, stop: () => close(server) };
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://127.0.0.1'),
    headers: request.headers,
    form: new URLSearchParams(await text(request)),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
