import type { RunView } from '../../../src/runs/view/run-view.ts';
import type { JournalEntry } from './journal.ts';
import type { KillKind } from './storm.ts';

interface Storming {
  readonly seed: number;
  readonly kills: readonly KillKind[];
  readonly runs: readonly RunView[];
  /** Uploads that were open when the runs had ended, until the janitor came. */
  readonly leftovers: number;
  readonly journal: readonly JournalEntry[];
}

/** One line about what runs went through. */
export function figuresOf({ seed, kills, runs, leftovers, journal }: Storming): string {
  const sum = (of: (run: RunView) => number) => runs.reduce((total, run) => total + of(run), 0);
  const activities = journal.filter((entry) => entry.kind === 'activityTrigger' && runs.some(({ id }) => isOf(entry, id)));
  const cutShort = activities.filter(({ answer }) => answer === undefined);
  return [
    `seed ${seed}: ${kills.length} kills (${counted(kills)})`,
    `${runs.length} runs in ${sum(({ attempt }) => attempt)} attempts`,
    `${sum(({ counts }) => counts.listed)} objects in ${sum(({ shards }) => shards?.total ?? 0)} shards`,
    `${activities.length} executions of activities (${counted(activities.map(({ call }) => call.name))}), ${cutShort.length} of them cut short and repeated`,
    `${leftovers} uploads left open, until the janitor came`,
    `${Math.round(sum(({ seconds }) => seconds))} s of runs`,
  ].join('; ');
}

/** How many there are of each. */
function counted(names: readonly string[]): string {
  return [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => `${length} × ${name}`).join(', ');
}

/** The engine's instances are named after the run. */
function isOf({ call }: JournalEntry, runId: string): boolean {
  return JSON.stringify(call.triggerMetadata).includes(runId);
}
