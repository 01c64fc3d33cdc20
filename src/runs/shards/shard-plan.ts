import type { PlannedShards } from '../../sync/plan/plan-shards.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { KeyRange } from '../../sync/store/key-range.ts';
import { present } from '../../sync/store/present.ts';
import type { KeyList } from '../key-lists/key-list.ts';
import type { State } from '../state.ts';
import type { SliceProgress } from './shard-state.ts';
import { addProgress, NO_PROGRESS } from './shard-state.ts';

/** A run has no more shards than this, whatever is split. */
export const MAX_SHARDS = 256;

/** A range of a run's keys. */
export interface Shard {
  readonly number: number;
  readonly range: KeyRange;
  /** The lane that does it, once one has taken it. */
  readonly lane?: number;
  readonly isDone?: true;
}

/** Which shards a run has, and how they stand. */
export interface ShardPlan extends Omit<PlannedShards, 'ranges'> {
  readonly shards: readonly Shard[];
  /** The keys that the run is about, where it goes by a list. */
  readonly keyList?: KeyList;
  /** Totals of the shards that are done. */
  readonly done: SliceProgress;
  /** Lanes that ended since no shard was left for them. */
  readonly idle?: readonly number[];
}

/** The shard that a lane is to go on with; or that other lanes have all that are left, which may be split yet; or that all are done. */
export type Claim = Shard | 'none-free' | 'all-done';

export interface ShardPlans {
  find(runId: string): Promise<ShardPlan | undefined>;
  /** Keeps the plan that was made first. */
  create(runId: string, planned: PlannedShards & Pick<ShardPlan, 'keyList'>): Promise<ShardPlan>;
  /** The shard that the lane has, or else the next free one, which it has from now on. A lane that gets none is idle. */
  claim(runId: string, lane: number): Promise<Claim>;
  /**
   * Cuts a shard at `keys`, ascending and in its range, and frees all but its first piece. Does nothing when they do not fit any more: it
   * may be called again. Answers the shard as it is then.
   */
  split(runId: string, number: number, keys: readonly string[]): Promise<Shard>;
  /** Lanes that must be started again, since shards have become free: each is returned once. */
  wake(runId: string): Promise<readonly number[]>;
  /** All lanes are started anew: none is idle. */
  restart(runId: string): Promise<void>;
  /** Enters that a shard is done, once. */
  finish(runId: string, number: number, progress: SliceProgress): Promise<void>;
}

export function createShardPlans(state: State): ShardPlans {
  const pathOf = (runId: string) => `runs/${runId}/shards.json`;

  async function update(runId: string, change: (plan: ShardPlan) => ShardPlan | undefined): Promise<ShardPlan> {
    for (;;) {
      const current = await state.read<ShardPlan>(pathOf(runId));
      if (current === undefined) throw new Error(`The plan of run ${runId} is gone from the state container. Start a new run.`);
      const changed = change(current.value);
      if (changed === undefined) return current.value;
      if ((await state.write(pathOf(runId), changed, { ifMatch: current.etag })) !== undefined) return changed;
    }
  }

  async function find(runId: string): Promise<ShardPlan | undefined> {
    return (await state.read<ShardPlan>(pathOf(runId)))?.value;
  }

  return {
    find,
    async create(runId, { ranges, ...planned }) {
      const plan: ShardPlan = { ...planned, shards: ranges.map((range, number) => ({ number, range })), done: NO_PROGRESS };
      if ((await state.write(pathOf(runId), plan, 'if-absent')) !== undefined) return plan;
      return (await find(runId)) ?? plan;
    },
    async claim(runId, lane) {
      const { shards } = await update(runId, (plan) =>
        shardOf(plan, lane) ? undefined : (withNextShard(plan, lane) ?? withIdleLane(plan, lane)),
      );
      return shards.find(belongsTo(lane)) ?? (shards.every(({ isDone }) => isDone) ? 'all-done' : 'none-free');
    },
    async split(runId, number, keys) {
      const { shards } = await update(runId, (plan) => splitShard(plan, number, keys));
      return present(shards[number], `shard ${number} of run ${runId}`);
    },
    async wake(runId) {
      let woken: readonly number[] = [];
      await update(runId, (plan) => {
        const idle = plan.idle ?? [];
        woken = idle.slice(0, plan.shards.filter(({ lane }) => lane === undefined).length);
        return woken.length === 0 ? undefined : { ...plan, idle: idle.slice(woken.length) };
      });
      return woken;
    },
    async restart(runId) {
      await update(runId, ({ idle = [], ...plan }) => (idle.length === 0 ? undefined : plan));
    },
    async finish(runId, number, progress) {
      await update(runId, (plan) => {
        const shard = plan.shards[number];
        if (shard === undefined || shard.isDone) return undefined;
        const { checkpoint: _, ...done } = addProgress(plan.done, progress);
        return { ...plan, done, shards: plan.shards.with(number, { ...shard, isDone: true }) };
      });
    },
  };
}

/** The numbers of the shards in the order of their keys. The first of all has no key that it comes after. */
export function shardsInOrder(plan: ShardPlan | undefined): readonly number[] {
  const shards = plan?.shards ?? [];
  return shards.toSorted((a, b) => compareKeys(a.range.after ?? '', b.range.after ?? '')).map(({ number }) => number);
}

function belongsTo(lane: number): (shard: Shard) => boolean {
  return (shard) => shard.lane === lane && shard.isDone === undefined;
}

function shardOf({ shards }: ShardPlan, lane: number): Shard | undefined {
  return shards.find(belongsTo(lane));
}

function withNextShard(plan: ShardPlan, lane: number): ShardPlan | undefined {
  const free = plan.shards.find((shard) => shard.lane === undefined);
  return free && { ...withoutIdleLane(plan, lane), shards: plan.shards.with(free.number, { ...free, lane }) };
}

function withIdleLane(plan: ShardPlan, lane: number): ShardPlan | undefined {
  const { idle = [], shards } = plan;
  return idle.includes(lane) || shards.every(({ isDone }) => isDone) ? undefined : { ...plan, idle: [...idle, lane] };
}

function withoutIdleLane(plan: ShardPlan, lane: number): ShardPlan {
  return plan.idle?.includes(lane) ? { ...plan, idle: plan.idle.filter((other) => other !== lane) } : plan;
}

function splitShard(plan: ShardPlan, number: number, keys: readonly string[]): ShardPlan | undefined {
  const shard = plan.shards[number];
  const [first] = keys;
  if (shard === undefined || first === undefined || plan.shards.length + keys.length > MAX_SHARDS) return undefined;
  const { through: end } = shard.range;
  if (end !== undefined && keys.some((key) => compareKeys(key, end) >= 0)) return undefined;
  const pieces = keys.map((after, index) => {
    const through = keys[index + 1] ?? shard.range.through;
    return { number: plan.shards.length + index, range: { after, ...(through !== undefined && { through }) } };
  });
  return { ...plan, shards: [...plan.shards.with(number, { ...shard, range: { ...shard.range, through: first } }), ...pieces] };
}
