import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { present } from '../../src/sync/store/present.ts';
import { createMemoryState } from '../support/stores/memory-state.ts';
import { driveRun, type RunOptions, WorkerDied } from './drive-run.ts';
import { type Cloud, createModelStore, type ModelObject, md5 } from './model-store.ts';

export type Direction = 'to-s3' | 'to-blob';

/** What another client does to an object, on one side. */
export type Edit =
  | {
      readonly kind:
        | 'write'
        | 'write-same-size'
        | 'write-under-old-metadata'
        | 'write-longer-under-old-metadata'
        | 'new-header'
        | 'touch'
        | 'roll-back'
        | 'delete'
        | 'stale-md5';
    }
  | { readonly kind: 'rename-over'; readonly from: string };

const LOCATIONS = { blob: 'https://account.blob.core.windows.net/data/model/', s3: 's3://bucket/model/' };
const SIZES = [2, 3, 5];

/** Both clouds, the clients that write to them, the bridge between them, and a slow record of who edited what since both sides were equal. */
export function createWorld(random: (below: number) => number) {
  let seconds = 1_800_000_000;
  let requestsLeft = Number.POSITIVE_INFINITY;
  let contents = 0;
  const state = createMemoryState();
  const onRequest = () => {
    if (--requestsLeft >= 0) return;
    requestsLeft = Number.POSITIVE_INFINITY;
    throw new WorkerDied('The worker died under this request.');
  };
  const stores = {
    blob: createModelStore('blob', { now: () => seconds, onRequest }),
    s3: createModelStore('s3', { now: () => seconds, onRequest }),
  };
  // Logs of one slice are told apart by the millisecond in which they were begun.
  let ticks = 0;
  const clock = () => seconds * 1_000 + (ticks++ % 1_000);
  const history: Record<Cloud, Map<string, ModelObject[]>> = { blob: new Map(), s3: new Map() };
  /** Keys that a client wrote since both sides were last seen equal by a run that the index knows of. */
  const edited: Record<Cloud, Set<string>> = { blob: new Set(), s3: new Set() };
  /** Of those, the ones whose old metadata was kept: without an index they look like copies. */
  const disguised: Record<Cloud, Set<string>> = { blob: new Set(), s3: new Set() };
  /** Keys about which the index says less than has happened. */
  const doubtful = new Set<string>();
  const seenDirections = new Set<Direction>();
  let snapshot: { readonly blobs: typeof state.blobs; readonly directions: readonly Direction[] } | undefined;

  const newContent = (size: number) => (contents++).toString(36).padStart(size, '0').slice(-size);
  const allKeys = () => new Set([...stores.blob.objects.keys(), ...stores.s3.objects.keys()]);

  function remember(cloud: Cloud, key: string): void {
    const object = stores[cloud].objects.get(key);
    if (object !== undefined) history[cloud].set(key, [...(history[cloud].get(key) ?? []), object]);
  }

  function edit(cloud: Cloud, key: string, what: Edit): void {
    const store = stores[cloud];
    const before = store.objects.get(key);
    remember(cloud, key);
    disguised[cloud].delete(key);
    if (!apply(cloud, key, before, what)) return;
    edited[cloud].add(key);
    if (store.objects.get(key)?.mark !== undefined) disguised[cloud].add(key);
  }

  /** `false` when there is nothing to do it to. */
  function apply(cloud: Cloud, key: string, before: ModelObject | undefined, what: Edit): boolean {
    if (what.kind === 'write') {
      stores[cloud].put(key, newContent(present(SIZES[random(SIZES.length)], 'a size')), 'h');
      return true;
    }
    if (before === undefined) return false;
    if (what.kind === 'rename-over') return renameOver(cloud, key, what.from);
    return CHANGES[what.kind](cloud, key, before);
  }

  const keptOf = ({ mark, claimedMd5 }: ModelObject) => ({ ...(mark && { mark }), ...(claimedMd5 !== undefined && { claimedMd5 }) });
  const claimOf = (cloud: Cloud, content: string) => (cloud === 'blob' ? { claimedMd5: md5(content) } : {});

  function rewrite(cloud: Cloud, key: string, content: string, header: string, more: Partial<ModelObject>): true {
    stores[cloud].put(key, content, header, more);
    return true;
  }

  const CHANGES: Readonly<
    Record<Exclude<Edit['kind'], 'write' | 'rename-over'>, (cloud: Cloud, key: string, before: ModelObject) => boolean>
  > = {
    'write-same-size': (cloud, key, { content, header }) =>
      rewrite(cloud, key, newContent(content.length), header, claimOf(cloud, 'unset')),
    'stale-md5': (cloud, key, { content, header }) => rewrite(cloud, key, newContent(content.length), header, claimOf(cloud, content)),
    'write-under-old-metadata': (cloud, key, before) =>
      // Where the index knows nothing, it looks like a copy: the documentation says so.
      !doubtful.has(key) && rewrite(cloud, key, newContent(before.content.length), before.header, keptOf(before)),
    'write-longer-under-old-metadata': (cloud, key, before) =>
      rewrite(cloud, key, newContent(before.content.length + 1), before.header, keptOf(before)),
    touch: (cloud, key, before) => rewrite(cloud, key, before.content, before.header, keptOf(before)),
    'new-header'(cloud, key, { content, header, claimedMd5, modifiedAt }) {
      // In the same second, and before a run has compared the copy, S3 gives no sign of it: the documentation says so.
      if (cloud === 's3' && stores.s3.uncompared.has(key)) return false;
      if (modifiedAt === seconds) seconds++;
      return rewrite(cloud, key, content, `${header}*`, claimedMd5 === undefined ? {} : { claimedMd5 });
    },
    'roll-back'(cloud, key, before) {
      const older = history[cloud].get(key)?.[0];
      if (older === undefined || (older.etag === before.etag && older.modifiedAt === before.modifiedAt)) return false;
      stores[cloud].objects.set(key, older);
      return true;
    },
    delete: (cloud, key) => stores[cloud].objects.delete(key),
  };

  /** As in an account with a hierarchical namespace: all that is known of the object goes with it. */
  function renameOver(cloud: Cloud, key: string, from: string): boolean {
    const object = stores[cloud].objects.get(from);
    if (object === undefined || from === key) return false;
    stores[cloud].objects.set(key, object);
    edit(cloud, from, { kind: 'delete' });
    return true;
  }

  /** Another client cannot be told from a copy that was lost with the index: such edits are made again, as most clients make them. */
  function undisguise(): void {
    for (const cloud of ['blob', 's3'] as const)
      for (const key of [...disguised[cloud]]) if (stores[cloud].objects.has(key)) edit(cloud, key, { kind: 'write' });
  }

  function replaceIndex(blobs: typeof state.blobs, directions: readonly Direction[]): void {
    undisguise();
    const isOfIndex = ([path]: readonly [string, unknown]) => path.startsWith('pairs/');
    for (const [path] of [...state.blobs].filter(isOfIndex)) state.blobs.delete(path);
    for (const [path, blob] of [...blobs].filter(isOfIndex)) state.blobs.set(path, blob);
    for (const key of allKeys()) doubtful.add(key);
    seenDirections.clear();
    for (const direction of directions) seenDirections.add(direction);
  }

  /** What was written again with the same bytes, and left as it is, stays an edit; and a size proves nothing. */
  function isProvedEqual(key: string, { include, compare }: RunOptions, receipt: Receipt | undefined): boolean {
    if (include?.includes(key) === false || receipt?.action === 'skipped') return false;
    if (compare === 'size' && receipt?.action !== 'copied') return false;
    return stores.blob.objects.get(key)?.content === stores.s3.objects.get(key)?.content;
  }

  return {
    stores,
    edited,
    doubtful,
    edit,
    pass: (by: number) => {
      seconds += by;
    },
    keepSnapshot() {
      snapshot = { blobs: new Map(state.blobs), directions: [...seenDirections] };
    },
    loseIndex() {
      replaceIndex(new Map(), []);
    },
    rollBackIndex() {
      if (snapshot !== undefined) replaceIndex(snapshot.blobs, snapshot.directions);
    },
    async run(direction: Direction, options: RunOptions, diesAfter: number | undefined) {
      const [source, destination] = direction === 'to-s3' ? [stores.blob, stores.s3] : [stores.s3, stores.blob];
      const before = { source: new Map(source.objects), destination: new Map(destination.objects) };
      // What the worker copied looks newer to the one that repeats its work, and so is not compared again.
      const isLost = diesAfter !== undefined && options.compare === 'always' && options.overwrite === 'if-newer';
      if (isLost) for (const key of allKeys()) doubtful.add(key);
      requestsLeft = diesAfter ?? Number.POSITIVE_INFINITY;
      seconds++;
      const locations = { source: LOCATIONS[source.cloud], destination: LOCATIONS[destination.cloud] };
      const { record, receipts } = await driveRun({ state, source, destination, locations, clock }, options);
      requestsLeft = Number.POSITIVE_INFINITY;
      return { record, receipts, before, source, destination };
    },
    /** What is equal after a run is no edit of one side any more. */
    settle(direction: Direction, options: RunOptions, receipts: ReadonlyMap<string, Receipt>): void {
      if (options.only !== undefined) return;
      seenDirections.add(direction);
      for (const key of [...allKeys(), ...edited.blob, ...edited.s3]) {
        if (!isProvedEqual(key, options, receipts.get(key))) continue;
        for (const cloud of ['blob', 's3'] as const) {
          edited[cloud].delete(key);
          disguised[cloud].delete(key);
        }
        doubtful.delete(key);
        const isNewOnS3 = direction === 'to-s3' && receipts.get(key)?.action === 'copied';
        if (!isNewOnS3) stores.s3.uncompared.delete(key);
      }
    },
    isTwoWay: (direction: Direction) => seenDirections.has(direction === 'to-s3' ? 'to-blob' : 'to-s3'),
  };
}

export type World = ReturnType<typeof createWorld>;
export type RunResult = Awaited<ReturnType<World['run']>>;
