import { randomBytes } from 'node:crypto';
import type { SlicedWork } from '../shards/shard-state.ts';
import type { State } from '../state.ts';

/** Lines are kept in memory up to this much text. */
const MAX_PENDING_CHARACTERS = 1024 * 1024;

/** The logs of a slice: receipts of its objects, and the pairs that were found equal (see ProofLine). */
export type LogFolder = 'receipts' | 'proved';

/** A line about one object. */
export interface KeyedLine {
  readonly key: string;
}

/** A slice, and the last key that was dealt with before it: all its lines are of greater keys. */
export interface LoggedSlice {
  readonly runId: string;
  readonly shard: SlicedWork;
  readonly slice: number;
  readonly startAfter: string | undefined;
}

/** The first line of every log. */
export type LogHeader = Pick<LoggedSlice, 'startAfter'>;

/** Takes the lines of one execution of a slice, ascending by key. */
export interface SliceLog<T extends KeyedLine> {
  add(line: T): Promise<void>;
  /** When it returns, everything added before is kept. */
  flush(): Promise<void>;
}

/** Each execution of a slice writes a log of its own, so that a repeated one spoils nothing. Nothing is written before there is a line. */
export function openSliceLog<T extends KeyedLine>(state: State, folder: LogFolder, slice: LoggedSlice, now: number): SliceLog<T> {
  const path = `${slicePrefix(folder, slice)}${now}-${randomBytes(4).toString('hex')}.ndjson`;
  let pending: string[] = [];
  let pendingCharacters = 0;
  let writing = Promise.resolve();
  let lengthBytes: number | undefined;

  async function write(text: string): Promise<void> {
    if (lengthBytes === undefined) {
      await state.createLog(path);
      lengthBytes = await state.append(path, headerOf(slice), 0);
    }
    lengthBytes = await state.append(path, text, lengthBytes);
  }

  function flush(): Promise<void> {
    const text = pending.join('');
    pending = [];
    pendingCharacters = 0;
    if (text !== '') writing = writing.then(() => write(text));
    return writing;
  }

  return {
    async add(value) {
      const line = lineOf(value);
      pending.push(line);
      pendingCharacters += line.length;
      if (pendingCharacters >= MAX_PENDING_CHARACTERS) await flush();
    },
    flush,
  };
}

/** Where the logs of a run are: below it one folder for each shard. */
export function logPrefix(runId: string, folder: LogFolder): string {
  return `runs/${runId}/${folder}/`;
}

/** Where the logs of a shard are: below it one folder for each slice, in order. */
export function shardPrefix(runId: string, folder: LogFolder, shard: SlicedWork): string {
  return `${logPrefix(runId, folder)}${shard}/`;
}

function slicePrefix(folder: LogFolder, { runId, shard, slice }: LoggedSlice): string {
  return `${shardPrefix(runId, folder, shard)}${String(slice).padStart(6, '0')}/`;
}

function headerOf({ startAfter }: LoggedSlice): string {
  return lineOf({ startAfter });
}

function lineOf(value: KeyedLine | LogHeader): string {
  return `${JSON.stringify(value)}\n`;
}
