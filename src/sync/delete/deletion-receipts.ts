import type { ExtraneousReceipt } from '../outcomes/receipt.ts';
import type { ObjectEntry } from '../store/objects.ts';

/** The receipt of an object that only the destination has. `now`: milliseconds since 1970. */
export function extraneousReceipt({ key, sizeBytes, etag }: ObjectEntry, now: number): ExtraneousReceipt {
  return { key, action: 'extraneous', sizeBytes, destinationEtag: etag, at: new Date(now).toISOString(), milliseconds: 0 };
}
