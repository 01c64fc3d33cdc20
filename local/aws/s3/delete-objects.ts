import { z } from 'zod';
import { AwsError } from '../aws-error.ts';
import { malformedXml, parseXml, renderXml, type XmlElement } from '../xml.ts';
import { readDeclaredChecksum } from './checksums.ts';
import { invalidRequest } from './errors.ts';
import { checkIfMatch } from './preconditions.ts';
import { receiveText } from './receive-body.ts';
import { objectArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from './s3-call.ts';

const MAX_KEYS = 1000;

const deleteDocument = z.object({
  Delete: z.object({
    Quiet: z.enum(['true', 'false']).optional(),
    Object: z
      .array(z.object({ Key: z.string(), ETag: z.string().optional() }))
      .min(1)
      .max(MAX_KEYS),
  }),
});

/** DeleteObject: succeeds when the object is absent already, unless the request says which version it must be. */
export function createDeleteObject(environment: S3Environment): S3Operation {
  return async (call) => {
    await deleteObject(environment, call, call.key, call.request.header('if-match'));
    return { status: 204 };
  };
}

/** DeleteObjects: each key succeeds or fails on its own. */
export function createDeleteObjects(environment: S3Environment): S3Operation {
  return async (call) => {
    if (call.request.header('content-md5') === undefined && readDeclaredChecksum(call.request) === undefined) {
      throw invalidRequest('Missing required header for this request: Content-MD5');
    }
    const parsed = deleteDocument.safeParse(parseXml(await receiveText(call)));
    if (!parsed.success) throw malformedXml();
    const { Object: objects, Quiet } = parsed.data.Delete;
    const outcomes: XmlElement[] = [];
    for (const { Key, ETag } of objects) outcomes.push(await tryDelete(environment, call, Key, ETag));
    const result = {
      Deleted: Quiet === 'true' ? [] : outcomes.filter((outcome) => outcome['Code'] === undefined),
      Error: outcomes.filter((outcome) => outcome['Code'] !== undefined),
    };
    return { status: 200, body: renderXml('DeleteResult', result, S3_NAMESPACE) };
  };
}

async function tryDelete(environment: S3Environment, call: S3Call, key: string, etag: string | undefined): Promise<XmlElement> {
  try {
    await deleteObject(environment, call, key, etag);
    return { Key: key };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Key: key, Code: error.code, Message: error.message };
  }
}

async function deleteObject({ storage }: S3Environment, call: S3Call, key: string, ifMatch: string | undefined): Promise<void> {
  const { bucket } = call;
  call.authorize('s3:DeleteObject', objectArn(bucket, key));
  // To name a version is to learn whether it is there, which takes the permission to read.
  if (ifMatch !== undefined && ifMatch !== '*') call.authorize('s3:GetObject', objectArn(bucket, key));
  const current = storage.objects.find(bucket, key);
  checkIfMatch(ifMatch, key, current);
  if (current === undefined) return;
  storage.objects.remove(bucket, key);
  await storage.bodies.remove(current.segments);
}
