import { setImmediate as settle } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { createGovernor, type Governor } from '../../../src/sync/flow/governor.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { failureOf } from '../../contract/suite/objects.ts';
import { handClock } from '../../support/hand-clock.ts';
import { startScriptedServer } from '../../support/servers/scripted-server.ts';

type Answers = Parameters<typeof startScriptedServer>[0];

/** A server that gives `answers`, and stores in its buckets. */
async function s3With(answers: Answers, governorOf: (bucket: string) => Governor, maxAttempts = 1) {
  const server = await startScriptedServer(answers);
  const client = createS3Client({
    region: 'eu-central-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    forcePathStyle: true,
    checksums: 'when-supported',
    maxAttempts,
    governorOf,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { requests: server.requests, bucket: (bucket: string) => createS3Store({ client, bucket, prefix: '' }) };
}

/** Lets everything pass, and keeps what it is told. */
function listeningGovernor() {
  const heard = { attempts: 0, slowDowns: [] as (string | undefined)[] };
  const governor: Governor = {
    attempt(send) {
      heard.attempts++;
      return send();
    },
    slowDown: (retryAfter) => heard.slowDowns.push(retryAfter),
  };
  return { heard, governor };
}

function refusal(status: number, code?: string, retryAfter?: string) {
  return {
    status,
    ...(code !== undefined && { body: `<Error><Code>${code}</Code><Message>No.</Message></Error>` }),
    ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the governor of a bucket', () => {
  it.each([
    [503, 'SlowDown'],
    [503, 'ServiceUnavailable'],
    [503, undefined],
    [429, 'TooManyRequestsException'],
    [429, undefined],
    [400, 'ThrottlingException'],
  ])('is told of the answer %i %s, and of its Retry-After', async (status, code) => {
    const { heard, governor } = listeningGovernor();
    const { bucket } = await s3With([refusal(status, code, '3')], () => governor);

    await failureOf(bucket('b').read('a'));

    expect(heard).toEqual({ attempts: 1, slowDowns: ['3'] });
  });

  it.each([
    [500, 'InternalError'],
    [404, 'NoSuchKey'],
    [403, 'AccessDenied'],
    [412, 'PreconditionFailed'],
  ])('does not take the answer %i %s for one', async (status, code) => {
    const { heard, governor } = listeningGovernor();
    const { bucket } = await s3With([refusal(status, code)], () => governor);

    await failureOf(bucket('b').read('a'));

    expect(heard.slowDowns).toEqual([]);
  });

  it('sees each attempt, also those that the SDK makes again', async () => {
    const { heard, governor } = listeningGovernor();
    const { bucket } = await s3With([refusal(503, 'SlowDown'), refusal(500, 'InternalError')], () => governor, 3);

    await bucket('b').read('a');

    expect(heard).toEqual({ attempts: 3, slowDowns: [undefined] });
  });

  it('lets a request wait before it is signed, so that the signature is fresh', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-09-01T00:00:00Z') });
    const governor: Governor = {
      attempt(send) {
        vi.setSystemTime('2026-09-01T01:00:00Z');
        return send();
      },
      slowDown: () => undefined,
    };
    const { bucket, requests } = await s3With([], () => governor);

    await bucket('b').read('a');

    expect(requests.map((headers) => headers['x-amz-date'])).toEqual(['20260901T010000Z']);
  });
});

describe('a bucket that asks for a pause', () => {
  /** The bucket `busy` has asked for a minute's pause. */
  async function busyAndQuiet() {
    const time = handClock();
    const governors = new Map(['busy', 'quiet'].map((bucket) => [bucket, createGovernor(time)]));
    const { bucket, requests } = await s3With([refusal(503, 'SlowDown', '60')], (name) => governors.get(name) ?? createGovernor(time));
    expect((await failureOf(bucket('busy').read('a'))).code).toBe('throttled');
    return { time, requests, busy: bucket('busy'), quiet: bucket('quiet') };
  }

  it('is asked for nothing before its end, while another one is', async () => {
    const { time, requests, busy, quiet } = await busyAndQuiet();
    const order: string[] = [];

    const waiting = busy.read('a').then(() => order.push('busy'));
    await time.advance(59_999);
    await quiet.read('a').then(() => order.push('quiet'));
    const before = requests.length;
    await time.advance(1);
    await waiting;

    expect([before, requests.length]).toEqual([2, 3]);
    expect(order).toEqual(['quiet', 'busy']);
  });

  it('lets a request go that is no longer wanted, which ends as any other that is stopped', async () => {
    const { requests, busy } = await busyAndQuiet();
    const abort = new AbortController();

    const waiting = failureOf(busy.read('a', { signal: abort.signal }));
    await settle();
    abort.abort(new StoreError('permission-denied', 'Another object could not be read.'));

    expect((await waiting).code).toBe('aborted');
    expect(requests).toHaveLength(1);
  });
});
