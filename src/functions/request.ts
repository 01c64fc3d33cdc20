import type { HttpRequest } from '@azure/functions';
import { HttpProblem } from './problem.ts';

/** Where the HTTP functions are, as the caller reached them: `https://<app>/api`. */
export function baseUrlOf(request: HttpRequest): string {
  return `${new URL(request.url).origin}/api`;
}

/** The body as JSON. Throws a 400 that says what is wrong with it. */
export async function jsonBody(request: HttpRequest): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === '')
    throw new HttpProblem(400, { detail: 'The body is empty. Send JSON with a Content-Length: the Functions host drops a chunked body.' });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpProblem(400, { detail: `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}` });
  }
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
    detail: `The query parameter "${name}" must be a whole number from ${min} to ${max}, but is ${JSON.stringify(text)}.`,
  });
}
