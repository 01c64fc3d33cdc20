import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  /** On loopback. */
  readonly origin: string;
  /** Everything that came in so far. */
  readonly received: readonly Received[];
  /** These statuses are answered next, in order; 204 when there are none. */
  answerWith(...statuses: readonly number[]): void;
  /** Every answer takes so long from now on. */
  delayAnswers(milliseconds: number): void;
  stop(): Promise<void>;
}

/** A receiver of webhooks. Redirects that it answers lead back to it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const statuses: number[] = [];
  let delay = 0;
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    received.push({ method, path, headers, body: await text(request) });
    if (delay > 0) await wait(delay);
    response.writeHead(statuses.shift() ?? 204, { location: '/elsewhere' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (...next) => void statuses.push(...next),
    delayAnswers(milliseconds) {
      delay = milliseconds;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
