import type { Delivery, Webhook } from '../runs/end/notify-run.ts';
import { signatureHeaders } from './sign.ts';

/** Where events are sent, and what they are signed with. */
export interface WebhookSettings {
  readonly url: string;
  readonly key: Uint8Array;
}

const TIMEOUT_MS = 30_000;

/** Sends events by HTTP POST, as CloudEvents in structured mode. `clock` gives milliseconds since 1970. */
export function createWebhook({ url, key }: WebhookSettings, clock: () => number): Webhook {
  // Paths and query strings may hold a secret: messages name the origin alone.
  const place = `The webhook at ${new URL(url).origin}`;
  return async (event) => {
    const body = JSON.stringify(event);
    const message = { id: event.id, timestamp: Math.floor(clock() / 1_000), body };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ...signatureHeaders(message, key) },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      return deliveryOf(response.status, place);
    } catch (error) {
      return { state: 'failed', message: `${place} ${whyUnreachable(error)}.`, mayRecover: true };
    }
  };
}

function deliveryOf(status: number, place: string): Delivery {
  if (status >= 200 && status < 300) return { state: 'delivered' };
  const mayRecover = status >= 500 || status === 408 || status === 429;
  const advice = status < 400 ? 'Redirects are not followed: set BRIDGE_WEBHOOK_URL to where they lead.' : 'Look at its log for why.';
  return { state: 'failed', message: `${place} answered ${status}. ${advice}`, mayRecover };
}

/** Not in the words of the error, which may repeat the URL. */
function whyUnreachable(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `did not answer within ${TIMEOUT_MS / 1_000} seconds`;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  return `could not be reached (${code})`;
}
