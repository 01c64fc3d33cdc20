import type { HttpRequest } from '@azure/functions';
import { cutText, OutsideTextError, parseOutsideJson } from '../../text/outside-text.ts';
import { HttpProblem } from './problem.ts';

/** Where the HTTP functions are: `https://<app>/api`. The host is the platform's word: a caller can send any `Host` header. */
export function baseUrlOf(request: HttpRequest): string {
  const { protocol, host } = new URL(request.url);
  return `${protocol}//${process.env['WEBSITE_HOSTNAME'] ?? host}/api`;
}

const MAX_BODY_BYTES = 256 * 1024;

/** The body as JSON. Throws a 415 when it is not said to be that, a 413 when it is too long, before all of it is read, and a 400 that says what is wrong with it. */
export async function jsonBody(request: HttpRequest): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new HttpProblem(415, { detail: 'Send the body with the header Content-Type: application/json.' });
  const text = await bodyText(request);
  if (text.trim() === '')
    throw new HttpProblem(400, { detail: 'The body is empty. Send JSON with a Content-Length: the Functions host drops a chunked body.' });
  try {
    return parseOutsideJson(text);
  } catch (error) {
    if (!(error instanceof OutsideTextError)) throw error;
    throw new HttpProblem(400, { detail: `The body ${error.message}.` });
  }
}

async function bodyText(request: HttpRequest): Promise<string> {
  if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) throw tooLong();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw tooLong();
    chunks.push(chunk);
  }
  return decoded(Buffer.concat(chunks));
}

/** Throws a 400 for bytes that are not UTF-8, which would become other keys. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, { detail: 'The body is not UTF-8. Send JSON in UTF-8.' });
  }
}

function tooLong(): HttpProblem {
  return new HttpProblem(413, {
    detail: `The body is longer than ${MAX_BODY_BYTES} bytes. Shorten it: many keys belong in a list that options.keys names.`,
  });
}

interface WholeNumberRule {
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}

/** A query parameter that is a whole number. Throws a 400 otherwise. */
export function wholeNumber(request: HttpRequest, name: string, { min, max, preset }: WholeNumberRule): number {
  const text = request.query.get(name);
  if (text === null) return preset;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new HttpProblem(400, {
    detail: `The query parameter "${name}" must be a whole number from ${min} to ${max}, but is ${JSON.stringify(cutText(text, 100))}.`,
  });
}
