import { notImplemented } from '../../aws-error.ts';
import type { AwsRequest } from '../../aws-request.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { noSuchKey, preconditionFailed } from '../errors.ts';

/**
 * Evaluates the conditions of a read, in the order of RFC 9110. `prefix` is that of the headers' names: none, or that of a copy's source.
 * Throws `PreconditionFailed`, or returns `not-modified` when the client has this very version.
 */
export function checkReadConditions(request: AwsRequest, object: StoredObject, prefix = ''): 'modified' | 'not-modified' {
  const ifMatch = request.header(`${prefix}if-match`);
  const ifUnmodifiedSince = request.header(`${prefix}if-unmodified-since`);
  if (ifMatch === undefined) {
    if (isModifiedSince(object, ifUnmodifiedSince) === true) throw preconditionFailed('If-Unmodified-Since');
  } else if (!matchesEtag(ifMatch, object)) throw preconditionFailed('If-Match');

  const ifNoneMatch = request.header(`${prefix}if-none-match`);
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, object) ? 'not-modified' : 'modified';
  return isModifiedSince(object, request.header(`${prefix}if-modified-since`)) === false ? 'not-modified' : 'modified';
}

/** Throws unless a write over `current` is what the request allows: `If-None-Match: *`, or `If-Match` with the ETag that is there. */
export function checkWriteConditions(request: AwsRequest, key: string, current: StoredObject | undefined): void {
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with anything but *');
  if (ifNoneMatch === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
  checkIfMatch(request.header('if-match'), key, current);
}

/** Throws when `ifMatch` is given and `current` is another version, or absent. */
export function checkIfMatch(ifMatch: string | undefined, key: string, current: StoredObject | undefined): void {
  if (ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!matchesEtag(ifMatch, current)) throw preconditionFailed('If-Match');
}

function matchesEtag(header: string, object: StoredObject): boolean {
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replaceAll('"', '') === object.etag);
}

/** `undefined` when there is no such condition, or no date in it. */
function isModifiedSince(object: StoredObject, date: string | undefined): boolean | undefined {
  const timeMs = Date.parse(date ?? '');
  return Number.isNaN(timeMs) ? undefined : object.lastModifiedMs > timeMs;
}
