import { createHmac } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunEndedEvent } from '../../src/runs/end/run-ended-event.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/servers/webhook-receiver.ts';

const KEY = Buffer.alloc(32, 'planted-key');
const SECRETS = [KEY.toString('base64'), KEY.toString(), 'planted-code'];

let receiver: WebhookReceiver;
let bridge: TestBridge;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  bridge = await startTestBridge({
    settings: () => ({
      BRIDGE_WEBHOOK_URL: `${receiver.origin}/hook?code=planted-code`,
      BRIDGE_WEBHOOK_SECRET: `whsec_${KEY.toString('base64')}`,
    }),
  });
  await bridge.container.getBlockBlobClient('good/a').upload('hello', 5);
  await bridge.container.getBlockBlobClient('bad/a').upload('hello', 5, { metadata: { long: 'x'.repeat(3_000) } });
});
afterAll(async () => {
  await bridge.stop();
  await receiver.stop();
});

async function notified(id: string, state: 'delivered' | 'failed'): Promise<RunView> {
  return vi.waitFor(
    async () => {
      const run = (await (await bridge.call('GET', `/api/runs/${id}`)).json()) as RunView;
      expect(run.notification?.state).toBe(state);
      return run;
    },
    { timeout: 20_000, interval: 100 },
  );
}

const receivedOf = (runId: string) => receiver.received.filter(({ headers }) => headers['webhook-id'] === runId);
const signatureOf = (content: string) => `v1,${createHmac('sha256', KEY).update(content).digest('base64')}`;

describe('the end of a run', () => {
  it('is told as a signed event with the summary', async () => {
    const { id } = await bridge.sync(bridge.blob('good'), bridge.s3('told'));

    await notified(id, 'delivered');

    const [{ headers, body } = expect.fail('Nothing came.'), ...more] = receivedOf(id);
    const event = JSON.parse(body) as RunEndedEvent;
    expect(more).toEqual([]);
    expect(headers['webhook-signature']).toBe(signatureOf(`${id}.${headers['webhook-timestamp']}.${body}`));
    expect(event).toMatchObject({ specversion: '1.0', id, type: 'keyless-bridge.run.ended' });
    expect(event.data).toMatchObject({ id, state: 'succeeded', source: bridge.blob('good/'), counts: { listed: 1, copied: 1 } });
  });

  it('tells what failed, by reason, with an example and a remedy', async () => {
    const { id, failuresByReason } = await bridge.sync(bridge.blob('bad'), bridge.s3('told-bad'));

    await notified(id, 'delivered');

    const { data } = JSON.parse(receivedOf(id)[0]?.body ?? '') as RunEndedEvent;
    expect(failuresByReason).toMatchObject([
      { reason: 'invalid-metadata', objects: 1, example: { key: 'a', message: expect.any(String) }, remedy: expect.any(String) },
    ]);
    expect(data).toMatchObject({ state: 'completed-with-failures', failuresByReason });
  });

  it.each([
    ['delivered', 204],
    ['failed', 410],
  ])('is told before the answer to ?wait, which says so: %s', async (state, status) => {
    receiver.answerWith(status);
    receiver.delayAnswers(2_000);
    const body = { source: bridge.blob('good'), destination: bridge.s3(`waited-${state}`) };

    const answer = await bridge.call('POST', '/api/sync?wait=30', body);
    receiver.delayAnswers(0);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ state: 'succeeded', notification: { state } });
  });

  it('is told again when the receiver was down, with the same id', async () => {
    receiver.answerWith(503);

    const { id } = await bridge.sync(bridge.blob('good'), bridge.s3('told-again'));

    await notified(id, 'delivered');
    expect(receivedOf(id).map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  });

  it('stays what it was when the receiver refuses it for good, which the run and the log tell', async () => {
    receiver.answerWith(410);

    const { id } = await bridge.sync(bridge.blob('good'), bridge.s3('told-in-vain'));

    const { state, notification } = await notified(id, 'failed');
    expect(state).toBe('succeeded');
    expect(notification?.message).toMatch(/answered 410/);
    expect(receivedOf(id)).toHaveLength(1);
    await vi.waitFor(() =>
      expect(bridge.logged.map(({ message }) => message)).toContainEqual(expect.stringMatching(`${id}.*answered 410`)),
    );
  });

  it('is told without the secrets of the webhook in any log, record or answer', async () => {
    receiver.answerWith(503, 302);
    const { id } = await bridge.sync(bridge.blob('good'), bridge.s3('told-secretly'));
    await notified(id, 'failed');
    await vi.waitFor(() => expect(receivedOf(id)).toHaveLength(2), { timeout: 20_000 });

    const answers = await Promise.all(
      [`runs/${id}`, 'runs', 'jobs', 'health', 'schema'].map(async (path) => (await bridge.call('GET', `/api/${path}`)).text()),
    );
    const text = [JSON.stringify(bridge.logged), ...answers, ...(await keptTexts())].join('\n');

    expect(text).toContain(id);
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
  });
});

async function keptTexts(): Promise<readonly string[]> {
  const state = BlobServiceClient.fromConnectionString(bridge.clouds.azurite.connectionString).getContainerClient('keyless-bridge');
  const blobs = await Array.fromAsync(state.listBlobsFlat());
  return Promise.all(blobs.map(async ({ name }) => `${name}\n${await state.getBlobClient(name).downloadToBuffer()}`));
}
