import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface ProxiedAnswer {
  readonly status: number;
  readonly rawHeaders: string[];
  readonly type: string;
  readonly body: Buffer;
}

/** What goes wrong with a request; a `flip` damages content only, never a listing. */
export type Fault =
  | { readonly kind: 'refuse'; readonly status: 403 | 429 | 500 | 503; readonly code?: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'reset' | 'lose-answer' | 'cut' | 'flip' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Sends another body in place of the service's. */
  | { readonly kind: 'falsify'; readonly change: (body: string) => string }
  /** Sends half of the answer's body, then does something, then sends the rest. */
  | { readonly kind: 'pause'; readonly meanwhile: () => Promise<unknown> };

/** Decides about each request as it arrives. May also do something to the store first. */
export type ChooseFault = (request: ProxiedRequest) => Fault | undefined | Promise<Fault | undefined>;

export interface FaultProxy {
  /** On loopback. */
  readonly url: string;
  /** Where requests go; the Host header stays the client's, since it is signed. */
  forwardTo(url: string): void;
  /** Lets all requests pass when called without. */
  setFaults(choose?: ChooseFault): void;
  /** Is shown every exchange with the service. */
  observe(onExchange: (request: ProxiedRequest, answer: Pick<ProxiedAnswer, 'status' | 'body'>) => void): void;
  stop(): Promise<void>;
}

/** Stands between a client and a service, and makes faults real. Holds each body whole. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  let target = '';
  let choose: ChooseFault = () => undefined;
  let onExchange: Parameters<FaultProxy['observe']>[0] = () => undefined;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request: ProxiedRequest = { method, path, headers, body: await bodyOf(incoming) };
    const fault = await choose(request);
    if (fault?.kind === 'reset') return void response.destroy();
    if (fault?.kind === 'refuse') return void refuse(response, fault);
    if (fault?.kind === 'delay') await wait(fault.milliseconds);
    // Who has given up while it was delayed wants it no more, and must not be surprised by it later.
    if (incoming.socket.destroyed) return;
    const answer = await forward(target, request, agent);
    onExchange(request, answer);
    await deliver(response, request, answer, fault);
  }

  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo(url) {
      target = url;
    },
    setFaults(next = () => undefined) {
      choose = next;
    },
    observe(next) {
      onExchange = next;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(message as AsyncIterable<Buffer>));
}

function forward(target: string, { method, path, headers, body }: ProxiedRequest, agent: Agent): Promise<ProxiedAnswer> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve, reject) => {
    const outgoing = send({ hostname, port, method, path, headers, agent }, (incoming) => {
      const { statusCode: status = 500, rawHeaders } = incoming;
      const type = incoming.headers['content-type'] ?? '';
      bodyOf(incoming).then((body) => resolve({ status, rawHeaders, type, body }), reject);
    });
    outgoing.once('error', reject).end(body);
  });
}

function refuse(response: ServerResponse, { status, code, retryAfterSeconds = 0 }: Extract<Fault, { readonly kind: 'refuse' }>): void {
  // Both services speak XML; an empty body with the status is what a gateway in between would send.
  const body = code === undefined ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Slower, please.</Message></Error>`;
  const headers = { 'content-type': 'application/xml', 'content-length': body.length, 'retry-after': `${retryAfterSeconds}` };
  response.writeHead(status, headers).end(body);
}

async function deliver(response: ServerResponse, { method }: ProxiedRequest, answer: ProxiedAnswer, fault: Fault | undefined) {
  if (fault?.kind === 'lose-answer') return void response.destroy();
  const { status, rawHeaders, body } = answer;
  if (fault?.kind === 'falsify') return void sendFalsified(response, answer, fault.change);
  response.writeHead(status, rawHeaders);
  const half = Math.floor(body.length / 2);
  if (fault?.kind === 'cut') return void response.write(body.subarray(0, half), () => response.destroy());
  if (fault?.kind === 'pause') {
    response.write(body.subarray(0, half));
    await fault.meanwhile();
    return void response.end(body.subarray(half));
  }
  const isContent = method === 'GET' && status < 300 && !answer.type.includes('xml');
  response.end(fault?.kind === 'flip' && isContent ? withFlippedBit(body, half) : body);
}

function sendFalsified(response: ServerResponse, { status, type, body }: ProxiedAnswer, change: (body: string) => string): void {
  const falsified = Buffer.from(change(body.toString()));
  response.writeHead(status, { 'content-type': type, 'content-length': falsified.length }).end(falsified);
}

function withFlippedBit(body: Buffer, at: number): Buffer {
  const flipped = Buffer.from(body);
  if (flipped.length > 0) flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
}
