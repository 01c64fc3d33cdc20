import type { WebhookSettings } from '../webhook/webhook.ts';
import type { Checked } from './checked.ts';
import type { Environment } from './environment.ts';
import { isProtected } from './safe-url.ts';

/** Key lengths that the scheme permits. */
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** Reads where the end of each run is told; `undefined` where it is told nobody. The problems repeat neither setting. */
export function checkWebhook(env: Environment): Checked<WebhookSettings | undefined> {
  const { BRIDGE_WEBHOOK_URL: url, BRIDGE_WEBHOOK_SECRET: secret } = env;
  if (url === undefined && secret === undefined) return { value: undefined };
  const key = keyOf(secret);
  const problems: string[] = [];
  if (url === undefined || !isWebhookUrl(url))
    problems.push('BRIDGE_WEBHOOK_URL must be an https:// URL without a user or password in it (http:// on this machine)');
  if (key === undefined)
    problems.push(
      'BRIDGE_WEBHOOK_SECRET must be "whsec_" and 24 to 64 random bytes in base64, such as from: echo whsec_$(openssl rand -base64 32)',
    );
  return url === undefined || key === undefined || problems.length > 0 ? { problems } : { value: { url, key } };
}

function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return isProtected(url) && url.username === '' && url.password === '';
}

function keyOf(secret = ''): Uint8Array | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(base64 ?? '', 'base64');
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined;
}
