import { randomBytes } from 'node:crypto';
import type { Receipt } from '../../sync/receipt.ts';
import type { SlicedWork } from '../shards/shard-state.ts';
import type { State } from '../state.ts';

/** Receipts are kept in memory up to this much text. */
const MAX_PENDING_CHARACTERS = 1024 * 1024;

/** A slice, and the last key that was dealt with before it: all its receipts are of greater keys. */
export interface LoggedSlice {
  readonly runId: string;
  readonly shard: SlicedWork;
  readonly slice: number;
  readonly startAfter: string | undefined;
}

/** The first line of every log. */
export type LogHeader = Pick<LoggedSlice, 'startAfter'>;

/** Takes the receipts of one execution of a slice. */
export interface ReceiptLog {
  add(receipt: Receipt): Promise<void>;
  /** When it returns, everything added before is kept. */
  flush(): Promise<void>;
}

/** Each execution of a slice writes a log of its own, so that a repeated one spoils nothing. Nothing is written before there is a receipt. */
export function openReceiptLog(state: State, slice: LoggedSlice, now: number): ReceiptLog {
  const path = `${slicePrefix(slice)}${now}-${randomBytes(4).toString('hex')}.ndjson`;
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
    async add(receipt) {
      const line = lineOf(receipt);
      pending.push(line);
      pendingCharacters += line.length;
      if (pendingCharacters >= MAX_PENDING_CHARACTERS) await flush();
    },
    flush,
  };
}

/** Where the logs of a shard are: below it one folder for each slice, in order. */
export function shardPrefix(runId: string, shard: SlicedWork): string {
  return `runs/${runId}/receipts/${shard}/`;
}

function slicePrefix({ runId, shard, slice }: LoggedSlice): string {
  return `${shardPrefix(runId, shard)}${String(slice).padStart(6, '0')}/`;
}

function headerOf({ startAfter }: LoggedSlice): string {
  return lineOf({ startAfter });
}

function lineOf(value: Receipt | LogHeader): string {
  return `${JSON.stringify(value)}\n`;
}
