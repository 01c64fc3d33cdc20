import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that announces 1,000 bytes of an object, sends ten, and closes the connection; every time. */
export async function startBrokenServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': '1000', etag: '"1"', 'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT' });
    response.write('ten bytes.', () => response.destroy());
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
