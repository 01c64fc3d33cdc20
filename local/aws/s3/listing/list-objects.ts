import { createHash } from 'node:crypto';
import type { AwsRequest } from '../../aws-request.ts';
import { encodePercent } from '../../aws-request.ts';
import type { ListedObject } from '../../storage/objects.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { renderXml, type XmlElement } from '../../xml.ts';
import { invalidArgument } from '../errors.ts';
import { restoreOf } from '../objects/attributes.ts';
import { bucketArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { firstKeyAfter, firstKeyBehind, foldKey, type KeyPage, type ListEntry, listKeyGroups } from './key-groups.ts';

const MAX_KEYS = 1000;
const TOKEN_HASH_BYTES = 8;

interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** How keys are written: as they are, or url-encoded. */
  readonly write: (key: string) => string;
  readonly encodingType: string | undefined;
  readonly describeRestore: (listed: ListedObject) => XmlElement;
}

/** ListObjectsV2. */
export function createListObjectsV2(environment: S3Environment): S3Operation {
  return (call) => {
    const list = authorizeList(call, environment.clock());
    const token = call.request.parameter('continuation-token');
    const startAfter = call.request.parameter('start-after');
    const page = listPage(environment, call, list, token === undefined ? afterKey(startAfter) : readToken(token));
    const result = {
      ...describePage(call, list, page),
      KeyCount: page.entries.length,
      StartAfter: startAfter === undefined ? undefined : list.write(startAfter),
      ContinuationToken: token,
      NextContinuationToken: page.next && writeToken(page.next),
    };
    return { status: 200, body: renderXml('ListBucketResult', result, S3_NAMESPACE) };
  };
}

/** ListObjects, the first version, which older clients use. */
export function createListObjects(environment: S3Environment): S3Operation {
  return (call) => {
    const list = authorizeList(call, environment.clock());
    const marker = call.request.parameter('marker') ?? '';
    const isCommonPrefix = marker !== '' && foldKey(marker, list) === marker;
    const page = listPage(environment, call, list, isCommonPrefix ? firstKeyBehind(marker) : afterKey(marker));
    const last = page.entries.at(-1);
    const result = {
      ...describePage(call, list, page),
      Marker: list.write(marker),
      NextMarker: page.next === undefined || last === undefined ? undefined : list.write(nameOf(last)),
    };
    return { status: 200, body: renderXml('ListBucketResult', result, S3_NAMESPACE) };
  };
}

function authorizeList(call: S3Call, now: Date): ListRequest {
  const { request } = call;
  const context: Record<string, string> = {};
  for (const name of ['prefix', 'delimiter', 'max-keys']) {
    const value = request.parameter(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  call.authorize('s3:ListBucket', bucketArn(call.bucket), context);
  const encodingType = request.parameter('encoding-type');
  return {
    prefix: request.parameter('prefix') ?? '',
    delimiter: request.parameter('delimiter') ?? '',
    maxKeys: readMaxKeys(request),
    write: chooseEncoding(encodingType),
    encodingType,
    describeRestore: request.header('x-amz-optional-object-attributes') === 'RestoreStatus' ? describeRestoreAt(now) : () => ({}),
  };
}

function describeRestoreAt(now: Date): ListRequest['describeRestore'] {
  return ({ object }) => {
    const restore = restoreOf(object, now);
    if (restore === undefined) return {};
    const { isUnderWay } = restore;
    const expiry = isUnderWay ? {} : { RestoreExpiryDate: new Date(restore.expiresMs).toISOString() };
    return { RestoreStatus: { IsRestoreInProgress: isUnderWay, ...expiry } };
  };
}

/** Reads `encoding-type`. Url encoding is that of S3: a space becomes `+`, a slash stays. */
export function chooseEncoding(encodingType: string | undefined): (key: string) => string {
  if (encodingType === undefined) return (key) => key;
  if (encodingType !== 'url') throw invalidArgument('encoding-type', encodingType, 'Invalid Encoding Method specified in Request');
  return (key) => encodePercent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

/** Reads `max-keys`. S3 gives no more than a thousand, whatever is asked for. */
export function readMaxKeys(request: AwsRequest): number {
  const text = request.parameter('max-keys') ?? String(MAX_KEYS);
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument('max-keys', text, 'Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), MAX_KEYS);
}

/** A token is a key's bytes after some of their hash, so that only what a listing gave out is one. */
function writeToken(next: Buffer): string {
  return Buffer.concat([hashOf(next), next]).toString('base64url');
}

function readToken(token: string): Buffer {
  const bytes = Buffer.from(token, 'base64url');
  const next = bytes.subarray(TOKEN_HASH_BYTES);
  if (bytes.subarray(0, TOKEN_HASH_BYTES).equals(hashOf(next))) return next;
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, TOKEN_HASH_BYTES);
}

function afterKey(key: string | undefined): Buffer {
  return key === undefined || key === '' ? Buffer.alloc(0) : firstKeyAfter(key);
}

function listPage({ storage }: S3Environment, { bucket }: S3Call, { prefix, delimiter, maxKeys }: ListRequest, from: Buffer): KeyPage {
  if (maxKeys === 0) return { entries: [], next: undefined };
  return listKeyGroups(storage.objects, { bucket, prefix, delimiter, from }, maxKeys);
}

function describePage({ bucket }: S3Call, list: ListRequest, { entries, next }: KeyPage): XmlElement {
  return {
    Name: bucket,
    Prefix: list.write(list.prefix),
    Delimiter: list.delimiter === '' ? undefined : list.write(list.delimiter),
    MaxKeys: list.maxKeys,
    EncodingType: list.encodingType,
    IsTruncated: next !== undefined,
    Contents: entries
      .filter((entry) => 'object' in entry)
      .map((entry) => ({ ...describeObject(entry, list), ...list.describeRestore(entry) })),
    CommonPrefixes: entries.filter((entry) => 'commonPrefix' in entry).map((entry) => ({ Prefix: list.write(entry.commonPrefix) })),
  };
}

function describeObject({ key, object }: ListedObject, list: ListRequest): XmlElement {
  return { Key: list.write(key), LastModified: new Date(object.lastModifiedMs).toISOString(), ...describeListed(object) };
}

/** What a listing shows of an object, whichever version it is. */
export function describeListed(object: StoredObject): XmlElement {
  return {
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum.algorithm.toUpperCase(),
    ChecksumType: object.checksum.type,
    Size: object.sizeBytes,
    StorageClass: object.storageClass,
  };
}

function nameOf(entry: ListEntry): string {
  return 'object' in entry ? entry.key : entry.commonPrefix;
}
