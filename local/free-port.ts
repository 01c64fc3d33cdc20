import { once } from 'node:events';
import { createServer } from 'node:net';

/** Tells whether nothing listens on this loopback port. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false));
    server.listen(port, '127.0.0.1');
  });
  server.close();
  return free;
}

/** The usual port, or 0 for any free one when it is taken. */
export async function usualPort(port: number): Promise<number> {
  return (await isFree(port)) ? port : 0;
}

/** A port that nothing listens on, for servers that cannot be told to take any. */
export async function anyFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No free port could be found.');
  return address.port;
}
