import { createHash } from 'node:crypto';
import { unlessDamaged } from './damaged-document.ts';
import type { RunRequest } from './record.ts';
import type { State } from './state.ts';

interface LockDocument {
  readonly runId: string;
}

/** Keeps two runs from doing the same sync: one lock for each pair of locations, and one for each job. A run holds all that it needs. */
export interface Locks {
  /**
   * Takes the locks for `runId`. When another run holds one, `isAlive` is asked about that run; a dead one's lock is taken over. Answers
   * the run that is in the way, or `runId` when all were taken. Of any number of callers exactly one takes them.
   */
  take(request: RunRequest, runId: string, isAlive: (runId: string) => Promise<boolean>): Promise<string>;
  /** Gives back those that `runId` still holds. */
  release(request: RunRequest, runId: string): Promise<void>;
  /** Tells whether the run has its pair of locations for itself. */
  isHeldBy(request: RunRequest, runId: string): Promise<boolean>;
  /** Notes that somebody is to be told of the run's end, until {@link Locks.dropNotice}. It locks nothing. */
  keepNotice(runId: string): Promise<void>;
  dropNotice(runId: string): Promise<void>;
  /** The runs that hold any, each once. */
  holders(): AsyncIterable<string>;
  /** The runs that hold any lock, or whose end somebody is still to be told of, each once. */
  unfinished(): AsyncIterable<string>;
}

const ROOT = 'locks/';
const NOTICES = `${ROOT}notice-`;

export function createLocks(state: State): Locks {
  async function takeOne(path: string, runId: string, isAlive: (runId: string) => Promise<boolean>): Promise<string> {
    for (;;) {
      if ((await state.write(path, { runId }, 'if-absent')) !== undefined) return runId;
      const held = await state.read<LockDocument>(path);
      if (held === undefined) continue;
      if (await isAlive(held.value.runId)) return held.value.runId;
      if ((await state.write(path, { runId }, { ifMatch: held.etag })) !== undefined) return runId;
    }
  }

  async function releaseOne(path: string, runId: string): Promise<void> {
    const held = await state.read<LockDocument>(path);
    if (held?.value.runId === runId) await state.remove(path, { ifMatch: held.etag });
  }

  async function release(request: RunRequest, runId: string): Promise<void> {
    for (const path of pathsOf(request)) await releaseOne(path, runId);
  }

  async function* runsNamedIn(isMeant: (path: string) => boolean): AsyncGenerator<string> {
    const seen = new Set<string>();
    for await (const path of state.list(ROOT)) {
      if (!isMeant(path)) continue;
      // One that is damaged must not hide the others; a start that needs it fails with its name.
      const runId = (await state.read<LockDocument>(path).catch(unlessDamaged()))?.value.runId;
      if (runId === undefined || seen.has(runId)) continue;
      seen.add(runId);
      yield runId;
    }
  }

  return {
    async take(request, runId, isAlive) {
      for (const path of pathsOf(request)) {
        const holder = await takeOne(path, runId, isAlive);
        if (holder === runId) continue;
        await release(request, runId);
        return holder;
      }
      return runId;
    },
    release,
    async isHeldBy(request, runId) {
      const [path = ''] = pathsOf(request);
      return (await state.read<LockDocument>(path))?.value.runId === runId;
    },
    async keepNotice(runId) {
      await state.write(noticeOf(runId), { runId } satisfies LockDocument);
    },
    async dropNotice(runId) {
      await state.remove(noticeOf(runId));
    },
    holders: () => runsNamedIn((path) => !path.startsWith(NOTICES)),
    unfinished: () => runsNamedIn(() => true),
  };
}

function noticeOf(runId: string): string {
  return `${NOTICES}${runId}.json`;
}

/** In one order for all: the pair of locations first, so that runs that want both cannot each have one. */
function pathsOf({ source, destination, job }: RunRequest): readonly string[] {
  const pair = createHash('sha256').update(`${source}\n${destination}`).digest('hex');
  return [`${ROOT}${pair}.json`, ...(job === undefined ? [] : [`${ROOT}job-${job}.json`])];
}
