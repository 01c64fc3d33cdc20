import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from './aws-error.ts';
import { type AwsRequest, readRequest } from './aws-request.ts';
import type { S3Response } from './s3/s3-call.ts';
import { STS_NAMESPACE } from './sts/sts-service.ts';
import { renderXml } from './xml.ts';

export interface Services {
  readonly s3: (request: AwsRequest) => Promise<S3Response>;
  readonly sts: (request: AwsRequest, requestId: string) => Promise<string>;
}

/** Turns HTTP requests into calls of the services, and what they return or throw into answers. */
export function createRequestListener({ s3, sts }: Services) {
  const running = new Set<Promise<void>>();

  function start(message: IncomingMessage, response: ServerResponse, sendContinue: () => void): void {
    const answered = answer(message, response, sendContinue).finally(() => running.delete(answered));
    running.add(answered);
  }

  async function answer(message: IncomingMessage, response: ServerResponse, sendContinue: () => void): Promise<void> {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const isSts = message.method === 'POST' && /^\/(\?|$)/.test(message.url ?? '');
    response.setHeader('x-amz-request-id', requestId);
    try {
      const request = readRequest(message, sendContinue);
      if (isSts) await send(response, { status: 200, headers: { 'content-type': 'text/xml' }, body: await sts(request, requestId) });
      else await send(response, await s3(request));
    } catch (error) {
      await sendError(response, error, { requestId, isSts, isHead: message.method === 'HEAD' });
    }
  }

  return {
    onRequest: (message: IncomingMessage, response: ServerResponse): void => start(message, response, () => undefined),

    /** For requests with `Expect: 100-continue`: their body is asked for when it is needed, which a refused request's is not. */
    onRequestThatWaits(message: IncomingMessage, response: ServerResponse): void {
      response.shouldKeepAlive = false;
      start(message, response, () => {
        response.shouldKeepAlive = true;
        response.writeContinue();
      });
    },

    /** Resolves when no request is being answered. */
    async idle(): Promise<void> {
      await Promise.allSettled(running);
    },
  };
}

async function send(response: ServerResponse, { status, headers = {}, body }: S3Response): Promise<void> {
  const isObject = body instanceof Readable;
  const contentType =
    body === undefined || isObject ? {} : { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...contentType, ...headers });
  if (isObject) await pipeline(body, response);
  else response.end(body);
}

interface ErrorContext {
  readonly requestId: string;
  readonly isSts: boolean;
  readonly isHead: boolean;
}

/** An error after the answer has begun can only be shown by cutting it off. */
async function sendError(response: ServerResponse, error: unknown, { requestId, isSts, isHead }: ErrorContext): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof AwsError ? error : new AwsError('InternalError', 500, `The AWS stand-in failed: ${String(error)}`);
  const { code, status, message, details, headers } = known;
  const body = isSts
    ? renderXml('ErrorResponse', { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId }, STS_NAMESPACE)
    : renderXml('Error', { Code: code, Message: message, ...details, RequestId: requestId, HostId: 'aws-stand-in' });
  await send(response, isHead || status === 304 ? { status, headers } : { status, headers, body });
}
