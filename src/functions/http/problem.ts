import { STATUS_CODES } from 'node:http';
import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Bridge, BridgeOrProblems } from '../../app/bridge.ts';
import { isLoopback } from '../../config/safe-url.ts';
import { DamagedDocumentError } from '../../runs/damaged-document.ts';

interface ProblemDetails {
  /** The problem and its remedy. */
  readonly detail: string;
  /** Every single thing that is wrong, where there may be several. */
  readonly problems?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the answer. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An answer other than success, by RFC 9457. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly details: ProblemDetails;

  constructor(status: number, details: ProblemDetails) {
    super(details.detail);
    this.status = status;
    this.details = details;
  }
}

type BridgeHandler = (bridge: Bridge, request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

/** A handler that needs the bridge. What it throws becomes problem+json; so does an app whose settings are wrong. */
export function withBridge(source: BridgeOrProblems, handle: BridgeHandler): HttpHandler {
  return async (request, context) => {
    try {
      if (request.method !== 'GET') refuseForeignPages(request);
      if (source.bridge === undefined) throw misconfigured(source.problems);
      return await handle(source.bridge, request, context);
    } catch (error) {
      if (error instanceof HttpProblem) return answer(error, request);
      if (error instanceof DamagedDocumentError) {
        context.error(`Error: ${error.message}`);
        return answer(new HttpProblem(500, { detail: error.message }), request);
      }
      context.error(`${request.method} ${new URL(request.url).pathname} failed:`, error);
      return answer(
        new HttpProblem(500, { detail: `The request failed inside the app. Look for invocation ${context.invocationId} in its log.` }),
        request,
      );
    }
  };
}

/**
 * Throws a 403 for a request that a web page of another site has made its reader's browser send: on a developer's machine no key is asked
 * for. Clients that are no browsers send neither header.
 */
function refuseForeignPages(request: HttpRequest): void {
  const { origin: own, hostname } = new URL(request.url);
  if (!isLoopback(hostname)) return;
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const isForeignSite = site !== null && site !== 'same-origin' && site !== 'none';
  if (isForeignSite || (origin !== null && origin !== own))
    throw new HttpProblem(403, { detail: 'The request comes from a web page of another origin. Nothing was done.' });
}

function misconfigured(problems: readonly string[]): HttpProblem {
  return new HttpProblem(503, {
    detail: 'The settings of the app are wrong. Correct what problems lists, then restart the app.',
    problems,
  });
}

function answer({ status, details }: HttpProblem, request: HttpRequest): HttpResponseInit {
  const { detail, problems, headers, members } = details;
  return {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    jsonBody: {
      title: STATUS_CODES[status],
      status,
      detail,
      instance: new URL(request.url).pathname,
      ...(problems && { problems }),
      ...members,
    },
  };
}
