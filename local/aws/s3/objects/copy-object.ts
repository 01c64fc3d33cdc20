import { createHash, randomBytes } from 'node:crypto';
import { decodePercent, parseQuery } from '../../aws-request.ts';
import type { ObjectAttributes, StoredObject } from '../../storage/stored-object.ts';
import { renderXml } from '../../xml.ts';
import { checksumElement, startChecksum } from '../body/checksums.ts';
import { hidesMd5 } from '../encryption.ts';
import { invalidArgument, invalidRequest, preconditionFailed } from '../errors.ts';
import { findVersion, writtenHeaders } from '../listing/versions.ts';
import { S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { checkReadable, readAttributes } from './attributes.ts';
import { checkReadConditions, checkWriteConditions } from './preconditions.ts';
import { authorizeWrite } from './put-object.ts';
import { replaceObject, wholeSeconds } from './write-object.ts';

/** CopyObject. Like S3, it makes one body of however many parts, so the ETag may change. */
export function createCopyObject(environment: S3Environment): S3Operation {
  return async (call) => {
    const sourceName = readSource(call);
    authorizeWrite(call);
    const source = findVersion(environment, call, sourceName);
    if (checkReadConditions(call.request, source, 'x-amz-copy-source-') === 'not-modified')
      throw preconditionFailed('x-amz-copy-source-If-None-Match');
    checkReadable(source, environment.clock());
    checkChanges(call, sourceName);

    const object = await copyBody(environment, source, chooseAttributes(call, source));
    const change = await replaceObject(environment, call, object, (current) => checkWriteConditions(call.request, call.key, current));
    const result = {
      LastModified: new Date(object.lastModifiedMs).toISOString(),
      ETag: `"${object.etag}"`,
      [checksumElement(object.checksum.algorithm)]: object.checksum.value,
      ChecksumType: object.checksum.type,
    };
    return {
      status: 200,
      headers: { ...writtenHeaders(change), ...object.encryption },
      body: renderXml('CopyObjectResult', result, S3_NAMESPACE),
    };
  };
}

interface SourceName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

function readSource({ request }: S3Call): SourceName {
  const header = request.header('x-amz-copy-source') ?? '';
  const [path = '', query] = header.split('?');
  const versionId = new Map(parseQuery(query ?? '')).get('versionId');
  const [bucket = '', ...key] = path.replace(/^\//, '').split('/');
  if (bucket === '' || key.length === 0)
    throw invalidArgument('x-amz-copy-source', header, 'Copy Source must mention the source bucket and key');
  return { bucket: decodePercent(bucket), key: decodePercent(key.join('/')), versionId };
}

function checkChanges(call: S3Call, source: SourceName): void {
  const isItself = source.bucket === call.bucket && source.key === call.key && source.versionId === undefined;
  const changes = call.request.header('x-amz-metadata-directive') === 'REPLACE' || call.request.header('x-amz-storage-class') !== undefined;
  if (isItself && !changes) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
}

function chooseAttributes(call: S3Call, source: StoredObject): ObjectAttributes {
  const { request } = call;
  const given = readAttributes(call);
  const { headers, metadata, hiddenMetadata = 0 } = request.header('x-amz-metadata-directive') === 'REPLACE' ? given : source;
  const { tags } = request.header('x-amz-tagging-directive') === 'REPLACE' ? given : source;
  return { headers, metadata, hiddenMetadata, tags, storageClass: given.storageClass, encryption: given.encryption };
}

async function copyBody({ storage, clock }: S3Environment, source: StoredObject, attributes: ObjectAttributes): Promise<StoredObject> {
  const md5 = createHash('md5');
  const { algorithm } = source.checksum;
  const checksum = startChecksum(algorithm);
  const writer = await storage.bodies.create();
  try {
    for await (const chunk of storage.bodies.read(source.segments, { startByte: 0, endByte: source.sizeBytes - 1 })) {
      md5.update(chunk);
      checksum.update(chunk);
      await writer.write(chunk);
    }
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return {
    ...attributes,
    etag: hidesMd5(attributes.encryption) ? randomBytes(16).toString('hex') : md5.digest('hex'),
    sizeBytes: source.sizeBytes,
    lastModifiedMs: wholeSeconds(clock()),
    checksum: { algorithm, type: 'FULL_OBJECT', value: checksum.digest() },
    segments: [await writer.finish()],
  };
}
