import type { AwsRequest } from '../aws-request.ts';

/** The headers that a presigned URL carries in its query, by lower-case name; those of the signature itself do no harm among them. */
export function hoistedHeaders(request: AwsRequest): ReadonlyMap<string, string> {
  const entries = request.query.map(([name, value]) => [name.toLowerCase(), value] as const);
  return new Map(entries.filter(([name]) => name.startsWith('x-amz-')));
}

/** The same request, with those headers where all others are. */
export function lowerHeaders(request: AwsRequest): AwsRequest {
  const headers = new Map([...hoistedHeaders(request), ...request.headers]);
  return { ...request, headers, header: (name) => headers.get(name) };
}
