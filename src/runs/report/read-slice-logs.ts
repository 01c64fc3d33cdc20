import { compareKeys } from '../../sync/store/key-order.ts';
import { parseDocument } from '../damaged-document.ts';
import type { State } from '../state.ts';
import { linesOf } from './lines.ts';
import type { KeyedLine, LogHeader } from './slice-log.ts';

/** A log that is being read, and the line that is next in it. */
interface OpenLog<T> {
  line: T;
  readonly rest: AsyncIterator<T>;
}

/** The logs of a slice. All their lines are of keys greater than `startAfter`, and that of a later slice, or shard, is not less. */
interface OpenSlice<T> {
  readonly startAfter: string | undefined;
  readonly logs: readonly OpenLog<T>[];
}

/**
 * Merges logs by key; of equal keys, the earlier slice's comes first. `slices` gives the paths of each slice's logs, in the order of the
 * keys. A slice is opened when its turn comes, so that few logs are open at once.
 */
export async function* readSliceLogs<T extends KeyedLine>(state: State, slices: AsyncIterator<readonly string[]>): AsyncGenerator<T> {
  let open: readonly OpenLog<T>[] = [];
  let ahead = await openNext<T>(state, slices);
  for (;;) {
    const first = least(open);
    if (ahead !== undefined && (first === undefined || mayHold(ahead, first.line.key))) {
      open = [...open, ...ahead.logs];
      ahead = await openNext<T>(state, slices);
      continue;
    }
    if (first === undefined) return;
    yield first.line;
    const following = await first.rest.next();
    if (following.done === true) open = open.filter((log) => log !== first);
    else first.line = following.value;
  }
}

function mayHold<T>({ startAfter }: OpenSlice<T>, key: string): boolean {
  return startAfter === undefined || compareKeys(startAfter, key) < 0;
}

function least<T extends KeyedLine>(logs: readonly OpenLog<T>[]): OpenLog<T> | undefined {
  return logs.reduce<OpenLog<T> | undefined>(
    (lowest, log) => (lowest === undefined || compareKeys(log.line.key, lowest.line.key) < 0 ? log : lowest),
    undefined,
  );
}

/** Opens the logs of the next slice that has any lines; `undefined` when all are opened. */
async function openNext<T extends KeyedLine>(state: State, slices: AsyncIterator<readonly string[]>): Promise<OpenSlice<T> | undefined> {
  for (let slice = await slices.next(); slice.done !== true; slice = await slices.next()) {
    const logs: OpenLog<T>[] = [];
    let header: LogHeader | undefined;
    for (const path of slice.value) {
      const lines = linesIn(state, path);
      const { value: head } = await lines.next();
      if (head !== undefined) header = parseDocument<LogHeader>(head, path);
      const rest = valuesIn<T>(lines, path);
      const first = await rest.next();
      if (first.done !== true) logs.push({ line: first.value, rest });
    }
    if (header !== undefined && logs.length > 0) return { startAfter: header.startAfter, logs };
  }
  return undefined;
}

/** The header of a log, then its lines; nothing when its writer died over the header. */
async function* linesIn(state: State, path: string): AsyncGenerator<string, undefined> {
  const log = await state.stream(path);
  if (log !== undefined) yield* linesOf(log.body);
}

async function* valuesIn<T extends KeyedLine>(lines: AsyncIterable<string>, path: string): AsyncGenerator<T> {
  for await (const line of lines) yield parseDocument<T>(line, path);
}
