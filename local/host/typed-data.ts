/** A request as the Functions host hands it to `@azure/functions`. */
export interface HttpRequestData {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: TypedData;
}

interface Nullable<T> {
  readonly value?: T;
}

/** A cookie of a response, as `@azure/functions` hands it back. `sameSite` 'none' means: do not say. */
export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly maxAge?: Nullable<number>;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
}

/** A response as `@azure/functions` hands it back. */
export interface HttpResponseData {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[];
  readonly body?: TypedData | null;
}

/** A value on its way between host and library: exactly one of the fields is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpRequestData | HttpResponseData;
}

/** The JSON text of what a function returned, `null` when it returned nothing. */
export function toJson(value: TypedData | null | undefined): string {
  if (value?.json !== undefined) return value.json;
  if (value?.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return JSON.stringify(value?.string ?? value?.int ?? value?.double ?? null);
}
