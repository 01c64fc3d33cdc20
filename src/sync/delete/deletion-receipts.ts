import type { ExtraneousReceipt } from '../outcomes/receipt.ts';
import type { ObjectEntry } from '../store/objects.ts';

/** Of what was found at the destination alone. `now`: milliseconds since 1970. */
export function extraneousReceipt({ key, sizeBytes, etag }: ObjectEntry, now: number): ExtraneousReceipt {
  return { key, action: 'extraneous', sizeBytes, destinationEtag: etag, at: new Date(now).toISOString(), milliseconds: 0 };
}
