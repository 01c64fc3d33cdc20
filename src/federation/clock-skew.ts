/** A Date header has whole seconds and is some time on its way: less than this says nothing. */
const NOTICEABLE_MS = 60_000;

/** How far this machine's clock is ahead of the server's that sent `response`, in milliseconds; 0 when that cannot be told. */
export function clockSkew(response: unknown, nowMs: number): number {
  const skew = nowMs - Date.parse(dateHeader(response) ?? '');
  return Math.abs(skew) > NOTICEABLE_MS ? skew : 0;
}

function dateHeader(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers as Readonly<Record<string, string | undefined>>;
  return headers['date'];
}
