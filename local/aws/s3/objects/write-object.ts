import type { Change } from '../../storage/storage.ts';
import type { Segment, StoredObject } from '../../storage/stored-object.ts';
import { type ReceivedBody, receiveBody } from '../body/receive-body.ts';
import { noSuchBucket } from '../errors.ts';
import type { S3Call, S3Environment } from '../s3-call.ts';

export interface KeptBody extends ReceivedBody {
  readonly segment: Segment;
}

/** Receives a request's body into the storage. It is kept only if all of it arrived and everything that was said about it is true. */
export async function keepBody(
  { storage }: S3Environment,
  call: S3Call,
  defaultAlgorithm?: StoredObject['checksum']['algorithm'],
): Promise<KeptBody> {
  const writer = await storage.bodies.create();
  try {
    const received = await receiveBody(call, writer.write, defaultAlgorithm);
    return { ...received, segment: await writer.finish() };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/**
 * Makes `object` what `key` holds, if `check` does not throw on what it holds until then; otherwise throws away the new object's body.
 * Nothing happens between the check and the write.
 */
export async function replaceObject(
  { storage }: S3Environment,
  { bucket, key }: Pick<S3Call, 'bucket' | 'key'>,
  object: StoredObject,
  check: (current: StoredObject | undefined) => void,
): Promise<Change> {
  const change = await putChecked();
  await storage.bodies.remove(change.unused);
  return change;

  async function putChecked(): Promise<Change> {
    try {
      if (!storage.buckets.has(bucket)) throw noSuchBucket(bucket);
      check(storage.objects.find(bucket, key));
      return storage.putObject(bucket, key, object);
    } catch (error) {
      await storage.bodies.remove(object.segments);
      throw error;
    }
  }
}

/** S3 keeps times in whole seconds. */
export function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}
