import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server or a cache on the way does with a GET. */
export type Carelessness = 'ignores If-Match' | 'ignores Range' | 'shifts ranges' | 'cuts ranges' | 'none';

interface CarelessServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Has one object, whatever key is asked for, of version `"listed"` by each HEAD. A GET that is careless of versions gives `"other"`. */
export async function startCarelessServer(bytes: Buffer, kind: Carelessness): Promise<CarelessServer> {
  const common = { 'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT', 'x-ms-blob-type': 'BlockBlob', 'accept-ranges': 'bytes' };
  const server = createServer((request, response) => {
    const isOther = kind === 'ignores If-Match' && request.method === 'GET';
    const headers = { ...common, etag: isOther ? '"other"' : '"listed"' };
    const asked = request.method === 'GET' && kind !== 'ignores Range' ? rangeOf(request) : undefined;
    if (asked === undefined) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
      return;
    }
    const shift = kind === 'shifts ranges' ? 1 : 0;
    const from = Math.max(0, asked.from - shift);
    const through = asked.through - shift - (kind === 'cuts ranges' ? 1 : 0);
    const body = bytes.subarray(from, through + 1);
    const contentRange = `bytes ${from}-${through}/${bytes.length}`;
    response.writeHead(206, { ...headers, 'content-length': body.length, 'content-range': contentRange }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function rangeOf({ headers }: IncomingMessage): { readonly from: number; readonly through: number } | undefined {
  const [, from, through] = /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-ms-range'] ?? headers.range ?? '')) ?? [];
  return from === undefined || through === undefined ? undefined : { from: Number(from), through: Number(through) };
}
