import { cutText, shortened } from '../../text/outside-text.ts';
import type { Job, SyncRequest } from '../jobs/jobs.ts';
import type { Intent, ReadJobs } from '../jobs/read-jobs.ts';
import type { Conflict, Contender } from './conflict.ts';
import { findConflicts } from './find-conflicts.ts';
import type { OwnStorage } from './own-containers.ts';

/** A configured job that is not run, and why, for people; or the whole text of the jobs, when that cannot be read. */
export interface RefusedJob {
  /** To begin a message with: `Job nightly`, or `Job 3 of jobs.json` when its name is wrong, too. */
  readonly label: string;
  readonly name?: string;
  /** Only of a job that is right by itself. */
  readonly job?: Job;
  /** The sync of a wrong job, as far as it can be read. */
  readonly intent?: Intent;
  readonly problems: readonly string[];
}

/** Conflicts that are only warned of. */
export interface JobWarning {
  /** The names of the jobs. */
  readonly jobs: readonly string[];
  readonly message: string;
}

export interface JudgedJobs {
  /** Those that may run. */
  readonly jobs: readonly Job[];
  readonly refusedJobs: readonly RefusedJob[];
  readonly jobWarnings: readonly JobWarning[];
}

const MAX_WARNINGS = 20;
const MAX_WARNING_LENGTH = 1_000;

/**
 * Finds the jobs that would destroy what others have copied, or what the app lives by: those are not run, the others are. A job that is
 * wrong is not run either, but the copies that it has made count.
 */
export function judgeJobs({ jobs, wrong }: ReadJobs, own: OwnStorage): JudgedJobs {
  const contenders = new Map(jobs.map((job) => [job, contenderOf(job)]));
  const right = new Set(contenders.values());
  const conflicts = findConflicts([...right, ...wrong.flatMap(contenderOfWrong)], own).filter(({ involved }) =>
    involved.some((contender) => right.has(contender)),
  );
  const refusals = byRefused(conflicts);
  const refusedJobs = [...contenders].flatMap(([job, contender]) => {
    const mine = refusals.get(contender);
    return mine === undefined ? [] : [{ label: `Job ${job.name}`, name: job.name, job, problems: messagesOf(mine) }];
  });
  const refused = new Set(refusedJobs.map(({ job }) => job));
  const warnings = conflicts.filter((conflict) => conflict.refused.length === 0);
  return {
    jobs: jobs.filter((job) => !refused.has(job)),
    refusedJobs: [...refusedJobs, ...wrong],
    jobWarnings: warnings.slice(0, MAX_WARNINGS).map(({ involved, message }) => ({
      jobs: involved.flatMap(({ name }) => name ?? []),
      message: cutText(message, MAX_WARNING_LENGTH),
    })),
  };
}

/** Conflicts between an ad hoc request and the configured jobs: with a problem it must not be started. */
export function judgeRequest(request: SyncRequest, { jobs, refusedJobs }: Omit<JudgedJobs, 'jobWarnings'>, own: OwnStorage) {
  const contender: Contender = { ...request, label: 'the request' };
  const others = [...jobs.map(contenderOf), ...refusedJobs.flatMap(contenderOfWrong)];
  const conflicts = findConflicts([contender, ...others], own, contender);
  return {
    problems: messagesOf(conflicts.filter(({ refused }) => refused.some(({ isWrong }) => isWrong !== true))),
    warnings: messagesOf(conflicts.filter(({ refused }) => refused.length === 0)),
  };
}

function byRefused(conflicts: readonly Conflict[]): ReadonlyMap<Contender, readonly Conflict[]> {
  const found = new Map<Contender, Conflict[]>();
  for (const conflict of conflicts)
    for (const contender of conflict.refused) {
      const known = found.get(contender);
      if (known === undefined) found.set(contender, [conflict]);
      else known.push(conflict);
    }
  return found;
}

/** A schedule that is switched off starts nothing. */
function contenderOf({ enabled, schedule, ...job }: Job): Contender {
  return { ...job, label: `job "${job.name}"`, ...(enabled !== false && { schedule }) };
}

function contenderOfWrong({ label, name, intent }: RefusedJob): readonly Contender[] {
  if (intent === undefined) return [];
  return [
    { ...intent, isWrong: true, ...(name !== undefined && { name }), label: name === undefined ? `j${label.slice(1)}` : `job "${name}"` },
  ];
}

function messagesOf(conflicts: readonly Conflict[]): readonly string[] {
  return shortened(conflicts.map(({ message }) => message));
}
