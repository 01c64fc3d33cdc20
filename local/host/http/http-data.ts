import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { HttpCookie, HttpRequestData, HttpResponseData } from '../typed-data.ts';

/** Reads a whole request in the form that the Functions host hands to the library. */
export async function readRequest(request: IncomingMessage, url: URL, params: Readonly<Record<string, string>>): Promise<HttpRequestData> {
  const body = await buffer(request);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    headers: readHeaders(request),
    query: joinRepeated(url.searchParams),
    params,
    // The real host drops a body that comes without a length (chunked). So do we, lest an app depend on it.
    body: { bytes: request.headers['content-length'] === undefined ? new Uint8Array() : body },
  };
}

function readHeaders(request: IncomingMessage): Record<string, string> {
  return joinRepeated(
    Object.entries(request.headersDistinct).flatMap(([name, values = []]) => values.map((value) => [name, value] as const)),
  );
}

/** A repeated name arrives once, with its values joined by commas. */
function joinRepeated(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** Sends what a function answered; a function that answered nothing means 200 without a body. */
export function writeResponse(response: ServerResponse, data: HttpResponseData | undefined): void {
  response.statusCode = Number(data?.statusCode ?? 200);
  for (const [name, value] of Object.entries(data?.headers ?? {})) response.setHeader(name, value);
  const cookies = data?.cookies ?? [];
  if (cookies.length > 0) response.setHeader('set-cookie', cookies.map(formatCookie));
  response.end(data?.body?.bytes);
}

const SAME_SITE = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' };

function formatCookie(cookie: HttpCookie): string {
  const expires = cookie.expires?.value;
  const parts = [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    attribute('max-age', cookie.maxAge?.value),
    attribute('domain', cookie.domain?.value),
    attribute('path', cookie.path?.value),
    attribute('expires', expires && new Date(expires.seconds * 1000).toUTCString()),
    attribute('samesite', SAME_SITE[cookie.sameSite ?? 'none']),
    cookie.secure?.value === true ? 'secure' : undefined,
    cookie.httpOnly?.value === true ? 'httponly' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

function attribute(name: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${name}=${value}`;
}
