import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../../../src/config/safe-url.ts';
import type { HttpRequestData, HttpResponseData } from '../typed-data.ts';
import { readRequest, writeResponse } from './http-data.ts';
import type { Route } from './route.ts';

/** What answers one method on one route. */
export interface HttpEndpoint {
  /** For the log. */
  readonly name: string;
  readonly method: string;
  readonly route: Route;
  answer(request: HttpRequestData): Promise<HttpResponseData | undefined>;
}

export interface HttpFront {
  readonly port: number;
  stop(): Promise<void>;
}

interface FrontOptions {
  /** 0 means any free port. */
  readonly port: number;
  readonly endpoints: readonly HttpEndpoint[];
  /** Hears of what an endpoint throws; the caller gets an empty 500, as from the real host. */
  onError(error: unknown, endpointName: string): void;
}

/** Serves endpoints on loopback: 404 where no route matches the path and the method, as the real host answers, 500 when one throws. */
export async function startHttpFront({ port, endpoints, onError }: FrontOptions): Promise<HttpFront> {
  const inOrder = endpoints.toSorted((a, b) => (a.route.rank < b.route.rank ? -1 : 1));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    // Another name leads here when a page's own name does (DNS rebinding): its script would be one of the same origin.
    if (!isLoopback(url.hostname)) return writeResponse(response, { statusCode: '421' });
    const matching = findEndpoints(inOrder, url.pathname.slice(1));
    const found = matching.find(({ endpoint }) => endpoint.method === request.method);
    if (found === undefined) return writeResponse(response, { statusCode: '404' });
    const data = await readRequest(request, url, found.params);
    try {
      writeResponse(response, await found.endpoint.answer(data));
    } catch (error) {
      onError(error, found.endpoint.name);
      writeResponse(response, { statusCode: '500' });
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Match {
  readonly endpoint: HttpEndpoint;
  readonly params: Readonly<Record<string, string>>;
}

function findEndpoints(endpoints: readonly HttpEndpoint[], path: string): readonly Match[] {
  return endpoints.flatMap((endpoint) => {
    const params = endpoint.route.match(path);
    return params === undefined ? [] : [{ endpoint, params }];
  });
}
