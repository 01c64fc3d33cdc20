import { formatLocation } from '../locations.ts';
import { type Conflict, type Contender, isMirror, refusal, warning } from './conflict.ts';
import { exampleKeys } from './example-keys.ts';
import type { Circle } from './find-circles.ts';
import type { Meetings } from './meeting.ts';

/** A key that is copied on so often is copied on for ever. */
const ROUNDS = 3;

const FIX = 'Take the destination of one out of the source of the next, by another prefix or by a filter.';

/** The effect of a circle of jobs, found by following keys through it. */
export function circleConflict({ jobs, startPrefix }: Circle, meetings: Meetings): Conflict | undefined {
  const [first] = jobs;
  if (first === undefined) return undefined;
  const where = `${namesOf(jobs)} copy in a circle that begins and ends in ${formatLocation({ ...first.source, prefix: startPrefix })}`;
  const keys = exampleKeys(jobs.map(({ options }) => options)).map((example) => startPrefix + example);
  const key = keys.find((example) => aroundOften(jobs, example, meetings));
  const isListed = jobs.some(({ options }) => options.keys !== undefined);
  if (key !== undefined && !isListed) return lastingConflict(jobs, where, key, around(jobs, key, meetings) ?? key);
  const mirrors = jobs.filter((job, index) => removesSource(job, jobs[(index + 1) % jobs.length] ?? first, meetings));
  if (mirrors.length > 0)
    return refusal(mirrors, jobs, `${where}: ${namesOf(mirrors)} (delete) removes there what the next one reads. ${FIX}`);
  return warning(jobs, `${where}, as far as their filters and lists of keys allow. ${FIX}`);
}

function lastingConflict(jobs: readonly Contender[], where: string, key: string, after: string): Conflict {
  if (key !== after)
    return refusal(jobs, jobs, `${where}: each run copies again what the one before has copied, ${key} as ${after}. ${FIX}`);
  const isAdding = jobs.every(({ options }) => options.overwrite === 'never') && !jobs.some(isMirror);
  if (isAdding) return warning(jobs, `${where}: only overwrite "never" keeps older copies from replacing newer objects. ${FIX}`);
  return refusal(jobs, jobs, `${where}, under the same keys, so that older copies replace newer objects. ${FIX}`);
}

/** Tells whether a job deletes at its destination what `next` reads there, though it has not come from the job's own source. */
function removesSource(job: Contender, next: Contender, meetings: Meetings): boolean {
  if (!isMirror(job) || !next.source.prefix.startsWith(job.destination.prefix)) return false;
  const meeting = meetings.of({ location: job.destination, options: job.options }, { location: next.source, options: next.options });
  return meeting.kind === 'at';
}

function aroundOften(jobs: readonly Contender[], key: string, meetings: Meetings): boolean {
  let now: string | undefined = key;
  for (let round = 0; round < ROUNDS && now !== undefined; round++) now = around(jobs, now, meetings);
  return now !== undefined;
}

/** The key under which an object comes back; `undefined` when a job does not copy it on. */
function around(jobs: readonly Contender[], key: string, meetings: Meetings): string | undefined {
  return jobs.reduce<string | undefined>((current, { source, destination, options }) => {
    if (current === undefined || !meetings.has({ location: source, options }, current)) return undefined;
    return destination.prefix + current.slice(source.prefix.length);
  }, key);
}

function namesOf(jobs: readonly Contender[]): string {
  return [...new Set(jobs.map(({ label }) => label))].join(', ');
}
