import type { ObjectEntry } from '../objects.ts';
import type { SkipReason } from '../receipt.ts';

/** `changed`: what is not current is replaced; `if-newer`: unless it was written after the source; `never`: nothing is replaced. */
export type Overwrite = 'changed' | 'if-newer' | 'never';

export type LeaveReason = Extract<SkipReason, 'exists' | 'destination-newer'>;

interface Written {
  readonly source: Pick<ObjectEntry, 'lastModified'>;
  readonly destination?: Pick<ObjectEntry, 'lastModified'>;
}

/** Why the destination's object must stay; `undefined` when there is none, or it may be replaced. */
export function reasonToLeave({ source, destination }: Written, overwrite: Overwrite): LeaveReason | undefined {
  if (destination === undefined || overwrite === 'changed') return undefined;
  if (overwrite === 'never') return 'exists';
  return destination.lastModified > source.lastModified ? 'destination-newer' : undefined;
}

/** Why an object must stay that somebody wrote after the listings. */
export function reasonToLeaveNew(overwrite: Overwrite): LeaveReason | undefined {
  if (overwrite === 'changed') return undefined;
  return overwrite === 'never' ? 'exists' : 'destination-newer';
}
