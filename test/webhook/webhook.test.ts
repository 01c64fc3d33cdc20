import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runEndedEvent } from '../../src/runs/end/run-ended-event.ts';
import { signatureHeaders } from '../../src/webhook/sign.ts';
import { createWebhook } from '../../src/webhook/webhook.ts';
import { RUN_ID, runRecord } from '../support/run-records.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/servers/webhook-receiver.ts';

const KEY = Buffer.alloc(32, 7);
const SECRETS_OF_URL = ['planted-path', 'planted-query'];
const EVENT = runEndedEvent(runRecord({ state: 'succeeded', endedAt: '2023-11-14T22:14:20.000Z' }), 'api://bridge');

let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
});
afterAll(() => receiver.stop());
afterEach(() => vi.restoreAllMocks());

const send = (origin = receiver.origin) =>
  createWebhook({ url: `${origin}/planted-path?code=planted-query`, key: KEY }, () => 1_700_000_060_999)(EVENT);

describe('sending an event', () => {
  it('posts it as a CloudEvent in structured mode, signed with the time of sending', async () => {
    const delivery = await send();

    const { method, path, headers, body } = receiver.received.at(-1) ?? expect.fail('Nothing came.');
    expect(delivery).toEqual({ state: 'delivered' });
    expect([method, path]).toEqual(['POST', '/planted-path?code=planted-query']);
    expect(JSON.parse(body)).toEqual(EVENT);
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      ...signatureHeaders({ id: RUN_ID, timestamp: 1_700_000_060, body }, KEY),
    });
  });

  it.each([200, 201, 202, 204])('takes %i for success', async (status) => {
    receiver.answerWith(status);

    expect(await send()).toEqual({ state: 'delivered' });
  });

  it.each([408, 429, 500, 502, 503])('may succeed another time after %i', async (status) => {
    receiver.answerWith(status);

    expect(await send()).toMatchObject({ state: 'failed', mayRecover: true, message: expect.stringContaining(`answered ${status}`) });
  });

  it.each([400, 401, 404, 410, 422])('has failed for good after %i', async (status) => {
    receiver.answerWith(status);

    expect(await send()).toMatchObject({ state: 'failed', mayRecover: false, message: expect.stringContaining(`answered ${status}`) });
  });

  it.each([301, 302, 307, 308])('does not follow the redirect %i', async (status) => {
    const before = receiver.received.length;
    receiver.answerWith(status);

    const delivery = await send();

    expect(delivery).toMatchObject({ state: 'failed', mayRecover: false, message: expect.stringContaining('Redirects are not followed') });
    expect(receiver.received).toHaveLength(before + 1);
  });

  it('may succeed another time when nobody is there', async () => {
    const gone = await startWebhookReceiver();
    await gone.stop();

    const delivery = await send(gone.origin);

    expect(delivery).toEqual({
      state: 'failed',
      mayRecover: true,
      message: `The webhook at ${gone.origin} could not be reached (ECONNREFUSED).`,
    });
  });

  it('waits for an answer for 30 seconds', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(new DOMException('Late.', 'TimeoutError')));

    const delivery = await send();

    expect(timeout).toHaveBeenCalledWith(30_000);
    expect(delivery).toMatchObject({
      state: 'failed',
      mayRecover: true,
      message: expect.stringContaining('did not answer within 30 seconds'),
    });
  });

  it.each([302, 410, 503])('tells of %i without what may be secret in the URL', async (status) => {
    receiver.answerWith(status);

    const text = JSON.stringify(await send());

    expect(SECRETS_OF_URL.filter((secret) => text.includes(secret))).toEqual([]);
  });
});
