import { z } from 'zod';
import { AwsError } from '../../aws-error.ts';
import { malformedXml, parseXml } from '../../xml.ts';
import { receiveText } from '../body/receive-body.ts';
import { noSuchKey } from '../errors.ts';
import { objectArn, type S3Environment, type S3Operation } from '../s3-call.ts';
import { isArchiveClass, restoreOf } from './attributes.ts';

const DAY_MS = 86_400_000;
/** What AWS needs at the most, but for what is wanted at once, which is there at once here. */
const WAIT_MS = { Expedited: 0, Standard: DAY_MS / 2, Bulk: 2 * DAY_MS };

const restoreDocument = z.object({
  RestoreRequest: z.object({
    Days: z.coerce.number().int().min(1),
    GlacierJobParameters: z.object({ Tier: z.enum(['Expedited', 'Standard', 'Bulk']) }),
  }),
});

/** RestoreObject. */
export function createRestoreObject({ storage, clock }: S3Environment): S3Operation {
  return async (call) => {
    const { bucket, key } = call;
    call.authorize('s3:RestoreObject', objectArn(bucket, key));
    const object = storage.objects.find(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    const parsed = restoreDocument.safeParse(parseXml(await receiveText(call)));
    if (!parsed.success) throw malformedXml();
    if (!isArchiveClass(object.storageClass))
      throw new AwsError('InvalidObjectState', 403, "Restore is not allowed for the object's current storage class");
    const now = clock().getTime();
    const restore = restoreOf(object, clock());
    if (restore?.isUnderWay === true) throw new AwsError('RestoreAlreadyInProgress', 409, 'Object restore is already in progress');
    const { Days, GlacierJobParameters } = parsed.data.RestoreRequest;
    const readyMs = restore === undefined ? now + WAIT_MS[GlacierJobParameters.Tier] : restore.readyMs;
    storage.objects.put(bucket, key, { ...object, restore: { readyMs, expiresMs: Math.max(readyMs, now) + Days * DAY_MS } });
    return { status: restore === undefined ? 202 : 200 };
  };
}
