import type { BodyRange } from '../../storage/bodies.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { checksumHeaders } from '../body/checksums.ts';
import { findVersion, versionHeaders } from '../listing/versions.ts';
import type { S3Call, S3Environment, S3Operation } from '../s3-call.ts';
import { attributeHeaders, checkReadable } from './attributes.ts';
import { checkReadConditions } from './preconditions.ts';
import { readRange } from './range.ts';

const OVERRIDES = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];

/** The query parameters by which a signed GET changes headers of its answer. */
export const RESPONSE_OVERRIDES = OVERRIDES.map((name) => `response-${name}`);

/** GetObject, and HeadObject, which is the same without the bytes. */
export function createGetObject(environment: S3Environment, { withBody }: { readonly withBody: boolean }): S3Operation {
  const { storage, clock } = environment;
  return (call) => {
    const object = findVersion(environment, call, { ...call, versionId: call.request.parameter('versionId') });
    const identity = { ...identityHeaders(object), ...versionHeaders(environment, call.bucket, object) };
    const isModified = checkReadConditions(call.request, object) === 'modified';
    if (!isModified) return { status: 304, headers: identity };
    if (withBody) checkReadable(object, clock());

    const range = readRange(call.request, object);
    const { startByte, endByte } = range ?? { startByte: 0, endByte: object.sizeBytes - 1 };
    const headers = {
      ...identity,
      ...attributeHeaders(object, clock()),
      ...overrideHeaders(call),
      ...rangeHeaders(call, object, range),
      'accept-ranges': 'bytes',
      'content-length': String(endByte + 1 - startByte),
    };
    const status = range === undefined ? 200 : 206;
    return withBody ? { status, headers, body: storage.bodies.read(object.segments, { startByte, endByte }) } : { status, headers };
  };
}

function identityHeaders(object: StoredObject): Record<string, string> {
  return { etag: `"${object.etag}"`, 'last-modified': new Date(object.lastModifiedMs).toUTCString() };
}

function overrideHeaders({ request }: S3Call): Record<string, string> {
  const entries = OVERRIDES.map((name) => [name, request.parameter(`response-${name}`)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The stored checksum covers the whole object, so it is not sent with a part of it. */
function rangeHeaders({ request }: S3Call, object: StoredObject, range: BodyRange | undefined): Record<string, string> {
  if (range === undefined) return request.header('x-amz-checksum-mode') === 'ENABLED' ? checksumHeaders(object.checksum) : {};
  const contentRange = { 'content-range': `bytes ${range.startByte}-${range.endByte}/${object.sizeBytes}` };
  if (request.parameter('partNumber') === undefined) return contentRange;
  return { ...contentRange, 'x-amz-mp-parts-count': String(object.segments.length) };
}
