import { AwsError } from '../../aws-error.ts';
import { type AwsRequest, parseQuery } from '../../aws-request.ts';
import type { ObjectAttributes, StoredObject } from '../../storage/stored-object.ts';
import { readEncryption } from '../encryption.ts';
import type { S3Call } from '../s3-call.ts';
import { checkSize, metadataHeaders, readMetadata } from './metadata.ts';
import { checkTags } from './tags.ts';

const CONTENT_HEADERS = [
  ...['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'],
  'x-amz-website-redirect-location',
];
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];
const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

/** Reads what a write wants kept with the object. */
export function readAttributes({ request, settings }: Pick<S3Call, 'request' | 'settings'>): ObjectAttributes {
  return {
    headers: readContentHeaders(request),
    ...readMetadata(request),
    tags: checkTags(parseQuery(request.header('x-amz-tagging') ?? '').map(([Key, Value]) => ({ Key, Value }))),
    storageClass: readStorageClass(request),
    encryption: readEncryption(request, settings),
  };
}

/** How answers to GET and HEAD show them. */
export function attributeHeaders(object: StoredObject, now: Date): Record<string, string> {
  const headers: Record<string, string> = { ...object.headers, ...object.encryption, ...metadataHeaders(object) };
  if (object.storageClass !== 'STANDARD') headers['x-amz-storage-class'] = object.storageClass;
  const restore = restoreOf(object, now);
  if (restore !== undefined) headers['x-amz-restore'] = describeRestore(restore);
  if (object.tags.length > 0) headers['x-amz-tagging-count'] = String(object.tags.length);
  return headers;
}

export function isArchiveClass(storageClass: string): boolean {
  return ARCHIVE_CLASSES.includes(storageClass);
}

/** Throws when the object would have to be restored before its bytes can be read. */
export function checkReadable(object: StoredObject, now: Date): void {
  const { storageClass } = object;
  if (!isArchiveClass(storageClass) || restoreOf(object, now)?.isUnderWay === false) return;
  const message = "The operation is not valid for the object's storage class";
  throw new AwsError('InvalidObjectState', 403, message, { StorageClass: storageClass });
}

interface Restore {
  readonly isUnderWay: boolean;
  readonly readyMs: number;
  readonly expiresMs: number;
}

/** The restored copy of an archived object, to come or there; `undefined` when nobody asked for one, or its days are over. */
export function restoreOf({ restore }: StoredObject, now: Date): Restore | undefined {
  if (restore === undefined || restore.expiresMs <= now.getTime()) return undefined;
  return { ...restore, isUnderWay: restore.readyMs > now.getTime() };
}

function describeRestore({ isUnderWay, expiresMs }: Restore): string {
  const expiry = isUnderWay ? '' : `, expiry-date="${new Date(expiresMs).toUTCString()}"`;
  return `ongoing-request="${isUnderWay}"${expiry}`;
}

function readContentHeaders(request: AwsRequest): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of CONTENT_HEADERS) {
    const value = name === 'content-encoding' ? contentEncoding(request) : request.header(name);
    if (value !== undefined && value !== '') headers[name] = value;
  }
  checkSize(Object.entries(headers));
  return headers;
}

/** `aws-chunked` says how a request was sent, not what the object is; S3 keeps it where the request was not sent so. */
function contentEncoding(request: AwsRequest): string | undefined {
  const encoding = request.header('content-encoding');
  if (request.header('x-amz-content-sha256')?.startsWith('STREAMING-') !== true) return encoding;
  return encoding
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
}

function readStorageClass(request: AwsRequest): string {
  const storageClass = request.header('x-amz-storage-class') ?? 'STANDARD';
  if (STORAGE_CLASSES.includes(storageClass)) return storageClass;
  throw new AwsError('InvalidStorageClass', 400, 'The storage class you specified is not valid', { StorageClassRequested: storageClass });
}
