import { setImmediate as settle } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { createGovernor, type Governor } from '../../../src/sync/flow/governor.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { failureOf } from '../../contract/suite/objects.ts';
import { handClock } from '../../support/hand-clock.ts';
import { startScriptedServer } from '../../support/servers/scripted-server.ts';

/** An account that gives `answers`, and a container in it. */
async function accountWith(answers: Parameters<typeof startScriptedServer>[0], governor?: Governor) {
  const { url, requests, stop } = await startScriptedServer(answers);
  onTestFinished(stop);
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;BlobEndpoint=${url}/account;`;
  const container = createBlobServiceClient({ connectionString }, governor).getContainerClient('container');
  return { requests, container, store: createBlobStore({ container, prefix: '' }) };
}

function refusal(status: number, code: string, retryAfter?: string) {
  return { status, headers: { 'x-ms-error-code': code, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) } };
}

const busy = refusal(503, 'ServerBusy', '3');

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

afterEach(() => {
  vi.useRealTimers();
});

describe('a client of an account', () => {
  it('tries again when the account is busy', async () => {
    const { container, requests } = await accountWith([busy, busy]);

    const { etag } = await container.getProperties();

    expect([etag, requests.length]).toEqual(['"1"', 3]);
  });

  it('signs in with a token only over TLS', async () => {
    const credential = { getToken: async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const client = createBlobServiceClient({ url: 'http://127.0.0.1:1/account', credential });

    await expect(client.getContainerClient('container').getProperties()).rejects.toThrow('non-TLS');
  });
});

describe('the governor of an account', () => {
  it('sees each attempt of every client of the account, also those that the SDK makes again', async () => {
    const { heard, governor } = listeningGovernor();
    const { container, store } = await accountWith([busy, refusal(500, 'InternalError')], governor);

    await container.getProperties();
    await store.head('a');

    expect(heard).toEqual({ attempts: 4, slowDowns: ['3'] });
  });

  it('is told of the answer 429 too', async () => {
    const { heard, governor } = listeningGovernor();
    const { store } = await accountWith([refusal(429, 'TooManyRequests', '4')], governor);

    const { code } = await failureOf(store.head('a'));

    expect(code).toBe('throttled');
    expect(heard).toEqual({ attempts: 1, slowDowns: ['4'] });
  });

  it.each([
    [404, 'BlobNotFound'],
    [403, 'AuthorizationPermissionMismatch'],
    [412, 'ConditionNotMet'],
  ])('does not take the answer %i %s for one', async (status, code) => {
    const { heard, governor } = listeningGovernor();
    const { store } = await accountWith([refusal(status, code)], governor);

    await failureOf(store.read('a'));

    expect(heard).toEqual({ attempts: 1, slowDowns: [] });
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
    const { store, requests } = await accountWith([], governor);

    await store.head('a');

    expect(requests.map((headers) => headers['x-ms-date'])).toEqual(['Tue, 01 Sep 2026 01:00:00 GMT']);
  });
});

describe('an account that asks for a pause', () => {
  it('is asked for nothing before its end, while another one is', async () => {
    const time = handClock();
    const paused = await accountWith([refusal(429, 'TooManyRequests', '60')], createGovernor(time));
    const quiet = await accountWith([], createGovernor(time));
    await failureOf(paused.store.head('a'));
    const order: string[] = [];

    const waiting = paused.store.head('a').then(() => order.push('paused'));
    await time.advance(59_999);
    await quiet.store.head('a').then(() => order.push('quiet'));
    const before = paused.requests.length;
    await time.advance(1);
    await waiting;

    expect([before, paused.requests.length]).toEqual([1, 2]);
    expect(order).toEqual(['quiet', 'paused']);
  });

  it('is not asked again before its end for what was throttled either', async () => {
    const pauses: number[] = [];
    let now = 0;
    const wait = async (milliseconds: number) => {
      pauses.push(milliseconds);
      now += milliseconds;
    };
    const { store, requests } = await accountWith([refusal(503, 'ServerBusy', '60')], createGovernor({ clock: () => now, wait }));

    await store.head('a');

    expect(pauses).toEqual([60_000]);
    expect(requests).toHaveLength(2);
  });

  it('lets a request go that is no longer wanted, which ends as any other that is stopped', async () => {
    const { store, requests } = await accountWith([refusal(429, 'TooManyRequests', '60')], createGovernor(handClock()));
    const abort = new AbortController();
    await failureOf(store.head('a'));

    const waiting = failureOf(store.head('a', { signal: abort.signal }));
    await settle();
    abort.abort(new StoreError('permission-denied', 'Another object could not be read.'));

    expect((await waiting).code).toBe('aborted');
    expect(requests).toHaveLength(1);
  });
});
