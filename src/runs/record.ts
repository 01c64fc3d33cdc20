import { randomBytes } from 'node:crypto';
import type { SyncOptions } from '../config/options/sync-options.ts';
import type { Counts } from '../sync/outcomes/tally.ts';
import { DamagedDocumentError, unlessDamaged } from './damaged-document.ts';
import type { FailureGroup } from './report/failure-groups.ts';
import type { Forecast } from './report/forecast.ts';
import type { CopyRecordCounts, ProofRecordCounts, SkipCounts } from './report/summary.ts';
import type { Document, State } from './state.ts';

/** How a run stands. The last four are final. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'completed-with-failures' | 'failed' | 'cancelled';

/** Why a run failed as a whole, for people. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** The request of a run, as text and plain data. */
export interface RunRequest {
  /** The name of the configured job, where the run is one's. */
  readonly job?: string;
  readonly source: string;
  readonly destination: string;
  readonly options: SyncOptions;
  readonly reportTo?: string;
  /** Objects travel in the opposite direction between these locations, too. */
  readonly isTwoWay?: true;
}

/** An attempt that ended before its run had. */
export interface Interruption {
  readonly attempt: number;
  /** When it was noticed, ISO 8601. */
  readonly at: string;
  /** The cause as far as it is known, for people. */
  readonly message: string;
}

/** The result of delivering a report. */
export interface ReportDelivery {
  readonly state: 'delivered' | 'failed';
  readonly to: string;
  /** Why it failed. */
  readonly message?: string;
}

/** The result of the deletions, as far as no receipts show it. */
export interface DeletionNote {
  /** `held-back`: by a limit of the option `delete`, so that all of them are still there. */
  readonly state: 'held-back' | 'gone-for-good';
  /** Why, and what to do, for people. */
  readonly message: string;
}

/** The result of notifying the webhook of a run's end. While it is retried it counts as failed. */
export interface Notification {
  readonly state: 'delivered' | 'failed';
  /** Why it failed. */
  readonly message?: string;
}

/** A run's own record, apart from the orchestration instance that carries it. */
export interface RunRecord extends RunRequest {
  readonly id: string;
  readonly state: RunState;
  readonly startedBy: 'http' | 'timer';
  /** How many orchestration instances have carried the run, this one included. */
  readonly attempt: number;
  /** ISO 8601, like the other times. */
  readonly createdAt: string;
  readonly startedAt?: string;
  /** When the present attempt was begun; the first one with the run itself. */
  readonly resumedAt?: string;
  /** How the earlier attempts came to their end. */
  readonly interruptions?: readonly Interruption[];
  /** The list of keys that the run goes by: its version, and how many they are. */
  readonly keyList?: { readonly etag: string; readonly keys: number };
  /** The failure of the run: everything under way stops when it sees this. */
  readonly stopping?: RunFailure;
  readonly endedAt?: string;
  readonly cancelRequestedAt?: string;
  /** Once the run has ended. */
  readonly counts?: Counts;
  /** How many were passed over for each reason, once the run has ended. */
  readonly skippedByReason?: SkipCounts;
  /** By whose word its copies are those of the source: how many for each, once the run has ended. */
  readonly copiedByRecord?: CopyRecordCounts;
  /** By whose word an audit found objects equal: how many for each, once it has ended. */
  readonly equalByRecord?: ProofRecordCounts;
  /** The objects that failed, once the run has ended. */
  readonly failuresByReason?: readonly FailureGroup[];
  /** The forecast of a dry run for the run itself. */
  readonly forecast?: Forecast;
  readonly failure?: RunFailure;
  readonly deletion?: DeletionNote;
  /** A hint for people about a run in which nothing failed. */
  readonly hint?: string;
  /** Which report is the run's: several executions may each have made one. Not there in records of earlier releases. */
  readonly reportName?: string;
  readonly reportDelivery?: ReportDelivery;
  readonly notification?: Notification;
}

/** Milliseconds that cannot be exceeded: subtracted from, they list the newest run first. */
const END_OF_TIME_MS = 9_999_999_999_999;

/** An id that tells the time of its making: `<milliseconds since 1970>-<8 hex digits>`. */
export function newRunId(now: number): string {
  return `${now}-${randomBytes(4).toString('hex')}`;
}

/** When a run was started, in milliseconds since 1970. */
export function startedAt(id: string): number {
  return Number.parseInt(id, 10);
}

export function isRunId(text: string): boolean {
  return /^\d{13}-[0-9a-f]{8}$/.test(text);
}

/** The id of the orchestration instance that carries an attempt. */
export function instanceIdOf({ id, attempt }: RunRecord): string {
  return `${id}-${attempt}`;
}

const SESSION_PREFIX = 'keyless-bridge-';

/** The name of a run's session with AWS, which its log and its uploads show. */
export function sessionNameOf({ id }: Pick<RunRecord, 'id'>): string {
  return SESSION_PREFIX + id;
}

/** The run whose session has this name; `undefined` when it is no run's. */
export function runIdOfSession(name: string): string | undefined {
  const id = name.startsWith(SESSION_PREFIX) ? name.slice(SESSION_PREFIX.length) : '';
  return isRunId(id) ? id : undefined;
}

export function isOver(state: RunState): boolean {
  return state !== 'queued' && state !== 'running';
}

export interface RunRecords {
  create(record: RunRecord): Promise<void>;
  find(id: string): Promise<RunRecord | undefined>;
  /** Applies `change` to the latest record until no other writer comes between. A change that answers `undefined` leaves it as it is. */
  update(id: string, change: (record: RunRecord) => RunRecord | undefined): Promise<RunRecord>;
  remove(id: string): Promise<void>;
  /** Newest first. One that is damaged is left out, and `onDamaged` is called for it. */
  list(onDamaged?: (error: DamagedDocumentError) => void): AsyncIterable<RunRecord>;
}

export function createRunRecords(state: State): RunRecords {
  async function read(path: string): Promise<Document<RunRecord> | undefined> {
    const record = await state.read<RunRecord>(path);
    if (record !== undefined && !isWhole(record.value, path)) throw new DamagedDocumentError(path);
    return record;
  }

  return {
    async create(record) {
      await state.write(pathOf(record.id), record, 'if-absent');
    },
    async find(id) {
      return (await read(pathOf(id)))?.value;
    },
    async update(id, change) {
      for (;;) {
        const current = await read(pathOf(id));
        if (current === undefined) throw new Error(`The record of run ${id} is gone from the state container. Start a new run.`);
        const changed = change(current.value);
        if (changed === undefined) return current.value;
        if ((await state.write(pathOf(id), changed, { ifMatch: current.etag })) !== undefined) return changed;
      }
    },
    async remove(id) {
      await state.remove(pathOf(id));
    },
    async *list(onDamaged) {
      for await (const path of state.list('records/')) {
        const record = await read(path).catch(unlessDamaged(onDamaged));
        if (record !== undefined) yield record.value;
      }
    },
  };
}

/** Looks whether a document is a run's record, of whatever release. */
function isWhole({ id, state, options }: Partial<RunRecord>, path: string): boolean {
  return id !== undefined && path.endsWith(`-${id}.json`) && typeof state === 'string' && typeof options === 'object';
}

function pathOf(id: string): string {
  const createdAt = Number(id.slice(0, 13));
  return `records/${END_OF_TIME_MS - createdAt}-${id}.json`;
}
