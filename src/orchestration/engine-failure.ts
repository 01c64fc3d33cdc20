import type { Stop } from '../runs/attempt/stop.ts';
import type { RunEnd } from '../runs/end/finish-run.ts';
import type { LaneEnd } from '../runs/shards/lane-task.ts';
import { onOneLine } from '../sync/store/foreign-text.ts';

/** The engine's prefix of the message of a failed activity or orchestrator. */
const ENGINE_PREFIX = /^(?:(?:Activity|Orchestrator) function '[^']*' failed: )?(?:Result: Failure\s+Exception: )?/;

/** The engine's suffix: details with a stack. */
const ENGINE_DETAILS = / \n .*$/s;

const UNREADABLE = 'An answer could not be read.';

/** Maximum length of the engine's text that is examined; its own words may come before ours. */
const MAX_LENGTH = 4_000;

/** The app's worker ended. In the middle of a replay that looks to the engine as if the orchestrator had changed. */
const WORKER_ENDED = /\bexited with code \d+|^Non-Deterministic workflow detected/;

/** The failure, once the retries are used up. Another attempt can continue where dying workers interrupted. */
export function failureOf(error: unknown): Stop {
  const text = error instanceof Error ? error.message : String(error);
  const start = text.slice(0, MAX_LENGTH);
  const message = onOneLine(start.replace(ENGINE_DETAILS, '').replace(ENGINE_PREFIX, '').trim()) || UNREADABLE;
  if (WORKER_ENDED.test(message)) {
    return {
      end: 'interrupted',
      failure: {
        code: 'interrupted',
        message: `The app's worker ended again and again while the run was under way. Look in the app's log for why: with too little memory, lower the concurrency. (The engine says: ${message})`,
      },
    };
  }
  return {
    end: 'failed',
    failure: {
      code: 'unavailable',
      message: `${message} Tried again and again without success; start the run again when the cause is gone.`,
    },
  };
}

const BY_GRAVITY: readonly (RunEnd | LaneEnd)['end'][] = ['failed', 'interrupted', 'cancelled', 'superseded', 'done', 'idle'];

/** A run, or a lane that others were started from, has ended as the worst of its lanes has. */
export function gravest(ends: readonly (RunEnd | LaneEnd)[]): RunEnd | LaneEnd {
  const [worst = { end: 'idle' }] = ends.toSorted((a, b) => BY_GRAVITY.indexOf(a.end) - BY_GRAVITY.indexOf(b.end));
  return worst;
}
