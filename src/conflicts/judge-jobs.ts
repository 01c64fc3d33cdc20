import type { Job, SyncRequest } from '../jobs.ts';
import { cutText, shortened } from '../outside-text.ts';
import type { Conflict, Contender } from './conflict.ts';
import { findConflicts } from './find-conflicts.ts';
import type { OwnStorage } from './own-containers.ts';

/** A configured job that is not run, and why, for people. */
export interface RefusedJob {
  readonly job: Job;
  readonly problems: readonly string[];
}

/** What may go wrong between jobs that are run all the same. */
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

/** Finds the jobs that would destroy what others have copied, or what the app lives by: those are not run, the others are. */
export function judgeJobs(jobs: readonly Job[], own: OwnStorage): JudgedJobs {
  const contenders = new Map(jobs.map((job) => [job, contenderOf(job)]));
  const conflicts = findConflicts([...contenders.values()], own);
  const refusedJobs = jobs.flatMap((job) => {
    const mine = conflicts.filter(({ refused }) => refused.some((contender) => contender === contenders.get(job)));
    return mine.length === 0 ? [] : [{ job, problems: messagesOf(mine) }];
  });
  const warnings = conflicts.filter(({ refused }) => refused.length === 0);
  return {
    jobs: jobs.filter((job) => !refusedJobs.some((refused) => refused.job === job)),
    refusedJobs,
    jobWarnings: warnings.slice(0, MAX_WARNINGS).map(({ involved, message }) => ({
      jobs: involved.flatMap(({ name }) => name ?? []),
      message: cutText(message, MAX_WARNING_LENGTH),
    })),
  };
}

/** What an ad hoc request and the configured jobs would do to each other: with a problem it must not be started. */
export function judgeRequest(request: SyncRequest, jobs: readonly Job[], own: OwnStorage) {
  const contender: Contender = { ...request, label: 'the request' };
  const conflicts = findConflicts([contender, ...jobs.map(contenderOf)], own, contender);
  return {
    problems: messagesOf(conflicts.filter(({ refused }) => refused.length > 0)),
    warnings: messagesOf(conflicts.filter(({ refused }) => refused.length === 0)),
  };
}

function contenderOf(job: Job): Contender {
  return { ...job, label: `job "${job.name}"` };
}

function messagesOf(conflicts: readonly Conflict[]): readonly string[] {
  return shortened(conflicts.map(({ message }) => message));
}
