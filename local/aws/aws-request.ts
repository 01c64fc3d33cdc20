import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** A request as it was sent. Nothing of its target is normalised: `//`, `/./` and `%2F` belong to the key. */
export interface AwsRequest {
  readonly method: string;
  /** Percent-encoded, as sent, without the query. */
  readonly rawPath: string;
  /** Decoded names and values, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  parameter(name: string): string | undefined;
  /** Header names are lower case. Each character of a value is one byte that was sent. */
  readonly headers: ReadonlyMap<string, string>;
  header(name: string): string | undefined;
  /** The body as sent. Asking for its first chunk is what makes the server tell a client that waits (`Expect`) to continue. */
  readonly body: AsyncIterable<Buffer>;
}

/** Wraps what `node:http` received. `sendContinue` is called once, before the body is read. */
export function readRequest(message: IncomingMessage, sendContinue: () => void): AwsRequest {
  const [rawPath = '', ...rest] = (message.url ?? '/').split('?');
  const query = parseQuery(rest.join('?'));
  const parameters = new Map(query);
  const headers = new Map(Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(',')] as const));
  return {
    method: message.method ?? '',
    rawPath,
    query,
    parameter: (name) => parameters.get(name),
    headers,
    header: (name) => headers.get(name),
    body: readBody(message, sendContinue),
  };
}

/** Percent-decodes; `InvalidURI` when the bytes are not UTF-8 or an escape is broken. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

/** Percent-encodes as SigV4 wants it: everything but letters, digits and `-._~`. */
export function encodePercent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Parses what is sent as a query or as a form. */
export function parseQuery(text: string): (readonly [string, string])[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.replaceAll('+', '%20').split('=');
      return [decodePercent(name), decodePercent(value.join('='))] as const;
    });
}

async function* readBody(message: IncomingMessage, sendContinue: () => void): AsyncGenerator<Buffer> {
  sendContinue();
  yield* message as AsyncIterable<Buffer>;
}
