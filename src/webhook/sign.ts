import { createHmac } from 'node:crypto';

/** A message as it is sent once; when it is sent again it has another time. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** The headers by which a receiver knows who sent a message, and that it is new: Standard Webhooks 1.0.0, HMAC-SHA256. */
export function signatureHeaders({ id, timestamp, body }: SignedMessage, key: Uint8Array): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
