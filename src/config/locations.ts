import { cloudOfBlobHost } from '../clouds/azure-clouds.ts';
import { MAX_TEXT_LENGTH } from '../text/outside-text.ts';

/** A container, or what is below a prefix in it. `prefix` is '' or ends with a slash. */
export interface BlobLocation {
  readonly kind: 'blob';
  /** `https://<account>.blob.core.windows.net`, or `http://127.0.0.1:10000/devstoreaccount1` for Azurite. */
  readonly accountUrl: string;
  readonly container: string;
  readonly prefix: string;
}

/** A bucket, or what is below a prefix in it. `prefix` is '' or ends with a slash. */
export interface S3Location {
  readonly kind: 's3';
  readonly bucket: string;
  readonly prefix: string;
}

export type Location = BlobLocation | S3Location;

/** Why a text is no location, for people. */
export class LocationError extends Error {
  override readonly name = 'LocationError';
}

const FORMS = 'Write s3://<bucket>/<prefix> or https://<account>.blob.core.windows.net/<container>/<prefix>.';

/** In UTF-8: three for each of the 1,024 characters that a blob's name may have. An S3 key is shorter. */
const MAX_PREFIX_BYTES = 3_072;
/** Control characters, lone surrogates and the two that are no characters: XML, in which both services list, cannot hold them all. */
const UNLISTABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;
const SECONDARY_HOST = /^https:\/\/[a-z0-9]+-secondary\./;
/** No leading zero: a port has one form. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[1-9]\d{0,4})?$/;

/** Reads a location. A prefix names a folder: the slash at its end may be left out. Throws {@link LocationError}. */
export function parseLocation(text: string): Location {
  if (text.length > MAX_TEXT_LENGTH) throw new LocationError(`${lengthOf(text)} is too long for a location. ${FORMS}`);
  const [, scheme, host = '', path = ''] = /^([a-z0-9]+):\/\/([^/?#]*)\/?(.*)$/su.exec(text) ?? [];
  if (scheme === 's3') return s3Location(host, path);
  if (scheme === 'https' || scheme === 'http') return blobLocation(`${scheme}://${host}`, host, path);
  throw new LocationError(`${lengthOf(text)} is not a location. ${FORMS}`);
}

/** An object in a location. */
export interface ObjectLocation {
  readonly folder: Location;
  /** Relative to the folder. */
  readonly key: string;
}

/** Reads where an object is: a location, and behind a slash the object's name. Throws {@link LocationError}. */
export function parseObjectLocation(text: string): ObjectLocation {
  const slash = text.lastIndexOf('/');
  const name = text.slice(slash + 1);
  const folder = parseLocation(text.slice(0, slash));
  const place = placeOf(folder);
  if (name === '') throw new LocationError(`A location in ${place} names no object: it ends with a slash.`);
  if (/[?#]/.test(name) && folder.kind === 'blob')
    throw new LocationError(`An object in ${place}: access is by identity, not by SAS. Write "?" and "#" as %3F and %23.`);
  const key = folder.kind === 'blob' ? decodePrefix(place, name) : name;
  refuseDots(place, key);
  return { folder, key };
}

/** The location in its one canonical form. */
export function formatLocation(location: Location): string {
  if (location.kind === 's3') return `s3://${location.bucket}/${location.prefix}`;
  return `${location.accountUrl}/${location.container}/${location.prefix.split('/').map(encodeURIComponent).join('/')}`;
}

/** Tells a container that Azure alone writes, or the read-only endpoint of an account's second region: each can be a source. */
export function isReadOnly(location: Location): boolean {
  if (location.kind === 's3') return false;
  return ['$logs', '$blobchangefeed'].includes(location.container) || SECONDARY_HOST.test(location.accountUrl);
}

/** Tells whether everything in `inner` is also in `outer`. */
export function contains(outer: Location, inner: Location): boolean {
  return placeOf(outer) === placeOf(inner) && inner.prefix.startsWith(outer.prefix);
}

function placeOf(location: Location): string {
  return location.kind === 's3' ? `s3://${location.bucket}` : `${location.accountUrl}/${location.container}`;
}

function s3Location(bucket: string, path: string): S3Location {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new LocationError(`A location in S3 has no valid bucket name: 3 to 63 of a-z, 0-9, "." and "-". ${FORMS}`);
  }
  return { kind: 's3', bucket, prefix: asFolder(`s3://${bucket}`, path) };
}

function blobLocation(origin: string, host: string, path: string): BlobLocation {
  if (/[?#]/.test(path)) {
    // The text may hold a SAS: it is not repeated.
    throw new LocationError(
      'A blob location has no query string or fragment: access is by identity, not by SAS. Write "?" and "#" in a prefix as %3F and %23.',
    );
  }
  const isEmulator = LOOPBACK_HOST.test(host);
  // An Entra token for Storage is sent to no other host.
  if (!isEmulator && !(cloudOfBlobHost(host) !== undefined && origin.startsWith('https:'))) {
    throw new LocationError(`A URL is not on Azure Blob Storage. ${FORMS}`);
  }
  const segments = path.split('/');
  const accountUrl = isEmulator ? `${origin}/${segments.shift()}` : origin;
  const container = segments.shift() ?? '';
  if (!/^(?:\$root|\$web|\$logs|\$blobchangefeed|[a-z0-9](?:-?[a-z0-9]){2,62})$/.test(container)) {
    throw new LocationError(`A location on ${origin} has no valid container name: 3 to 63 of a-z, 0-9 and single "-". ${FORMS}`);
  }
  const place = `${accountUrl}/${container}`;
  const prefix = asFolder(place, decodePrefix(place, segments.join('/')));
  // Azure takes the one for a slash and drops the other, so that two prefixes would be one.
  if (/\\|\.\//.test(prefix))
    throw new LocationError(
      `A location in ${place} has a backslash in its prefix, or a part that ends with a dot. No blob has such a name: Azure changes it.`,
    );
  return { kind: 'blob', accountUrl, container, prefix };
}

function decodePrefix(place: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new LocationError(`A location in ${place} has a "%" that starts no valid escape. Write a percent sign as %25.`);
  }
}

/** A text that has not the form of a location may be a secret in the wrong place, such as a connection string: it is not repeated. */
function lengthOf(text: string): string {
  return `A text of ${text.length} characters`;
}

/** HTTP clients and servers take such segments out of a path, and so may reach another place than the one that was allowed. */
function refuseDots(place: string, path: string): void {
  if (path.split('/').some((segment) => segment === '.' || segment === '..'))
    throw new LocationError(`A location in ${place} has "." or ".." between slashes. Name the place itself.`);
}

function asFolder(place: string, prefix: string): string {
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES)
    throw new LocationError(`A location in ${place} has a prefix of more than ${MAX_PREFIX_BYTES} bytes, and no key is that long.`);
  if (UNLISTABLE.test(prefix))
    throw new LocationError(`A location in ${place} has a control character in its prefix, which cannot be listed.`);
  refuseDots(place, prefix);
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
