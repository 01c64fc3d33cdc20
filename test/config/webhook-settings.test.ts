import { describe, expect, it } from 'vitest';
import { checkWebhook } from '../../src/config/webhook-settings.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
const URL_OF_HOOK = 'https://hooks.example/keyless-bridge?code=planted';
const SECRET = secretOf(32);

describe('the settings of the webhook', () => {
  it('may be left out', () => {
    expect(checkWebhook({})).toEqual({ value: undefined });
  });

  it.each([24, 32, 64])('are a URL and a key, here of %i bytes', (bytes) => {
    const { value } = checkWebhook({ BRIDGE_WEBHOOK_URL: URL_OF_HOOK, BRIDGE_WEBHOOK_SECRET: secretOf(bytes) });

    expect(value).toEqual({ url: URL_OF_HOOK, key: Buffer.alloc(bytes, 7) });
  });

  it.each(['http://127.0.0.1:8080/hook', 'http://localhost/hook', 'http://[::1]:8080/'])('may be on this machine: %s', (url) => {
    expect(checkWebhook({ BRIDGE_WEBHOOK_URL: url, BRIDGE_WEBHOOK_SECRET: SECRET }).value?.url).toBe(url);
  });

  it.each([
    'planted',
    'http://hooks.example/planted',
    'ftp://hooks.example/planted',
    'https://user:planted@hooks.example',
    'https://planted@hooks.example',
    'http://127.0.0.1.hooks.example/planted',
  ])('refuse the URL %s, and do not repeat it', (url) => {
    const { problems } = checkWebhook({ BRIDGE_WEBHOOK_URL: url, BRIDGE_WEBHOOK_SECRET: SECRET });

    expect(problems).toEqual([expect.stringMatching(/^BRIDGE_WEBHOOK_URL must be/)]);
    expect(problems?.[0]).not.toContain('planted');
  });

  it.each([secretOf(23), secretOf(65), SECRET.replace('whsec_', ''), 'whsec_planted!', `${SECRET} `])(
    'refuse the secret %s, and do not repeat it',
    (secret) => {
      const { problems } = checkWebhook({ BRIDGE_WEBHOOK_URL: URL_OF_HOOK, BRIDGE_WEBHOOK_SECRET: secret });

      expect(problems).toEqual([expect.stringMatching(/^BRIDGE_WEBHOOK_SECRET must be/)]);
      expect(problems?.[0]).not.toContain(secret);
    },
  );

  it.each([
    [{ BRIDGE_WEBHOOK_URL: URL_OF_HOOK }, 'BRIDGE_WEBHOOK_SECRET'],
    [{ BRIDGE_WEBHOOK_SECRET: SECRET }, 'BRIDGE_WEBHOOK_URL'],
  ])('are wrong when one of them is missing: %o', (env, missing) => {
    expect(checkWebhook(env).problems).toEqual([expect.stringMatching(`^${missing} must be`)]);
  });
});
