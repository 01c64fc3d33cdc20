import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, RestoreObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestAws } from '../support/setup.ts';

const HOUR_MS = 3_600_000;

/** An archived object, with a clock of both its service and its client. */
async function archived() {
  let aheadMs = 0;
  const test = await startTestAws({ clock: () => new Date(Date.now() + aheadMs) });
  onTestFinished(() => test.stop());
  const credentials = test.aws.issueSession({ roleArn: test.roleArn, expiresInSeconds: 30 * 24 * 3600 });
  const send = () => test.client({ credentials, systemClockOffset: aheadMs });
  const target = { Bucket: test.newBucket(), Key: 'key' };
  await send().send(new PutObjectCommand({ ...target, Body: 'hello', StorageClass: 'GLACIER' }));
  return {
    wait(hours: number) {
      aheadMs += hours * HOUR_MS;
    },
    restore: (Days: number) =>
      send().send(new RestoreObjectCommand({ ...target, RestoreRequest: { Days, GlacierJobParameters: { Tier: 'Standard' } } })),
    head: () => send().send(new HeadObjectCommand(target)),
    read: async () => await (await send().send(new GetObjectCommand(target))).Body?.transformToString(),
    async listed(more: object = {}) {
      const { Contents = [] } = await send().send(new ListObjectsV2Command({ Bucket: target.Bucket, ...more }));
      return Contents.map(({ StorageClass, RestoreStatus }) => ({ StorageClass, RestoreStatus }));
    },
  };
}

describe('an archived object that was asked for', () => {
  it('is under way for hours, there for days, and archived again after them', async () => {
    const object = await archived();
    expect((await object.head()).Restore).toBeUndefined();

    await object.restore(1);
    expect((await object.head()).Restore).toBe('ongoing-request="true"');
    await expect(object.read()).rejects.toMatchObject({ name: 'InvalidObjectState' });
    await expect(object.restore(1)).rejects.toMatchObject({ name: 'RestoreAlreadyInProgress' });

    object.wait(13);
    expect((await object.head()).Restore).toMatch(/^ongoing-request="false", expiry-date=".* GMT"$/);
    expect(await object.read()).toBe('hello');

    object.wait(24);
    expect((await object.head()).Restore).toBeUndefined();
    await expect(object.read()).rejects.toMatchObject({ name: 'InvalidObjectState', StorageClass: 'GLACIER' });
  });

  it('is in listings as such only where they are asked for it', async () => {
    const object = await archived();
    await object.restore(1);

    expect(await object.listed()).toEqual([{ StorageClass: 'GLACIER', RestoreStatus: undefined }]);
    expect(await object.listed({ OptionalObjectAttributes: ['RestoreStatus'] })).toMatchObject([
      { StorageClass: 'GLACIER', RestoreStatus: { IsRestoreInProgress: true } },
    ]);
  });
});
