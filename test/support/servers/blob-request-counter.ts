import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Azurite } from '../../../local/azurite.ts';

/** A proxy on loopback before Azurite's Blob service that counts what passes. */
export interface BlobRequestCounter {
  /** Azurite as it is reached through the proxy; to be called before the first request. */
  inFrontOf(azurite: Azurite): Pick<Azurite, 'blobUrl' | 'connectionString'>;
  /** Requests to a container so far, by operation. */
  countsOf(container: string): Map<string, number>;
  stop(): Promise<void>;
}

/** The operations that the app uses, by method and `comp` parameter. Others are counted under these two. */
const OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'Get Blob',
  HEAD: 'Get Blob Properties',
  PUT: 'Put Blob',
  DELETE: 'Delete Blob',
  'GET list': 'List Blobs',
  'PUT block': 'Put Block',
  'PUT blocklist': 'Put Block List',
};

export async function startBlobRequestCounter(): Promise<BlobRequestCounter> {
  const counts = new Map<string, Map<string, number>>();
  const agent = new Agent({ keepAlive: true });
  let target = '';

  const countsOf = (container: string) => {
    const known = counts.get(container) ?? new Map<string, number>();
    counts.set(container, known);
    return known;
  };

  const server = createServer((message, response) => {
    const { container, operation } = describe(message);
    const ofContainer = countsOf(container);
    ofContainer.set(operation, (ofContainer.get(operation) ?? 0) + 1);
    pass(message, response, target, agent);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    inFrontOf({ blobUrl, connectionString }) {
      target = new URL(blobUrl).origin;
      return { blobUrl: blobUrl.replace(target, own), connectionString: connectionString.replace(target, own) };
    },
    countsOf: (container) => new Map(countsOf(container)),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function describe({ method = '', url = '' }: IncomingMessage): { container: string; operation: string } {
  const { pathname, searchParams } = new URL(url, 'http://azurite');
  const comp = searchParams.get('comp');
  const kind = comp === null ? method : `${method} ${comp}`;
  // The path starts with the account.
  return { container: pathname.split('/')[2] ?? '', operation: OPERATIONS[kind] ?? kind };
}

/** The signature covers the path with the account, not the host, so the request passes as it is. */
function pass(message: IncomingMessage, response: ServerResponse, target: string, agent: Agent): void {
  const { method, url, headers } = message;
  const onward = forward(`${target}${url}`, { method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response).on('error', () => answer.destroy());
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  message.on('error', () => onward.destroy());
  message.pipe(onward);
}
