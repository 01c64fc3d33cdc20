import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { anyFreePort, isFree, usualPort } from '../../local/free-port.ts';

describe('a port', () => {
  it('is taken while somebody listens on it, and free afterwards', async () => {
    const port = await anyFreePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');

    const whileTaken = [await isFree(port), await usualPort(port)];
    server.close();
    await once(server, 'close');
    const afterwards = [await isFree(port), await usualPort(port)];

    expect([whileTaken, afterwards]).toEqual([
      [false, 0],
      [true, port],
    ]);
  });
});
