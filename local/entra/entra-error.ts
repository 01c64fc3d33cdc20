import { randomUUID } from 'node:crypto';

interface Kind {
  readonly status: number;
  /** OAuth's word for it. */
  readonly error: string;
}

/** The AADSTS codes that this stand-in answers with. */
const KINDS = {
  50013: { status: 401, error: 'invalid_client' },
  70003: { status: 400, error: 'unsupported_grant_type' },
  90002: { status: 400, error: 'invalid_request' },
  500011: { status: 400, error: 'invalid_resource' },
  501051: { status: 400, error: 'invalid_grant' },
  700016: { status: 400, error: 'unauthorized_client' },
  700023: { status: 401, error: 'invalid_client' },
  700024: { status: 401, error: 'invalid_client' },
  700027: { status: 401, error: 'invalid_client' },
  700211: { status: 401, error: 'invalid_client' },
  700212: { status: 401, error: 'invalid_client' },
  700213: { status: 401, error: 'invalid_client' },
  1002012: { status: 400, error: 'invalid_scope' },
  7000215: { status: 401, error: 'invalid_client' },
  7000218: { status: 401, error: 'invalid_client' },
} as const satisfies Record<number, Kind>;

export type EntraErrorCode = keyof typeof KINDS;

/** A refusal with Entra's own code and words. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly code: EntraErrorCode;

  constructor(code: EntraErrorCode, text: string) {
    super(`AADSTS${code}: ${text}`);
    this.code = code;
  }

  get status(): number {
    return KINDS[this.code].status;
  }
}

/** The body of Entra's answer to a refused token request. */
export function errorBody(error: EntraError, nowMs: number): Record<string, unknown> {
  const timestamp = new Date(nowMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  const traceId = randomUUID();
  const correlationId = randomUUID();
  return {
    error: KINDS[error.code].error,
    error_description: `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
  };
}
