import type { ObjectEntry } from '../../sync/store/objects.ts';
import { readPinned } from '../../sync/store/read-pinned.ts';
import type { Store } from '../../sync/store/store.ts';
import type { Report } from '../walk.ts';
import type { Place } from './places.ts';
import { probeObject, probeUpload } from './probe.ts';

/** Longer than a slow service takes, and short enough for the answer of an HTTP function. */
const TIMEOUT_MS = 45_000;

export interface LocationCheck {
  readonly access: Place['access'];
  /** Also write, read and delete a whole object. */
  readonly writeProbe: boolean;
}

/** Does in a location what a run would do there: lists, reads, and where it is a destination writes. */
export async function checkLocation(store: Store, { access, writeProbe }: LocationCheck, report: Report): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const entry = await firstReadable(store, signal);
  report.note({ list: 'allowed' });
  if (entry === undefined) report.note({ read: 'not checked: there is no object to read' });
  else {
    await readByte(store, entry, signal);
    report.note({ read: 'allowed' });
  }
  if (access === 'read') return;
  await probeUpload(store, { report, signal });
  if (writeProbe) await probeObject(store, { report, signal });
  else report.note({ delete: 'not checked: the bridge deletes nothing; --write-probe writes, reads and deletes an object' });
}

/** The first listed object that can be read as it is. */
async function firstReadable(store: Store, signal: AbortSignal): Promise<ObjectEntry | undefined> {
  for await (const page of store.list({ signal })) {
    const entry = page.find(({ isArchived }) => !isArchived);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** A byte is enough to prove the permission to read, and to decrypt. */
async function readByte(store: Store, { key, etag, sizeBytes }: ObjectEntry, signal: AbortSignal): Promise<void> {
  const range = sizeBytes > 0 ? { range: { startByte: 0, endByte: 0 } } : {};
  const { body } = await readPinned(store, { key, etag, sizeBytes, ...range }, { signal });
  await Array.fromAsync(body);
}
