import { findExcess, MAX_ENTRIES, OutsideTextError, shortened, shownName } from '../../text/outside-text.ts';
import type { Checked } from '../checked.ts';
import { parseConfig } from '../config-file.ts';
import type { Environment } from '../environment.ts';
import { problemOfSchedule } from '../schedules/job-schedule.ts';
import { type Between, checkJob, type Job, placeOf, readIntent } from './jobs.ts';

/** A configured job that cannot be run as it is written; or the whole text of the jobs. */
export interface WrongJob {
  /** To begin a message with: `Job nightly`, or `Job 3 of jobs.json` when its name is wrong, too. */
  readonly label: string;
  readonly name?: string;
  /** Its sync, as far as it can be read: other jobs may neither delete its copies nor forget that edits come back. */
  readonly intent?: Intent;
  readonly problems: readonly string[];
}

export interface Intent extends Between {
  readonly schedule?: string;
}

/** The configured jobs: one that is wrong costs none of the others. */
export interface ReadJobs {
  readonly jobs: readonly Job[];
  readonly wrong: readonly WrongJob[];
}

interface JobsSource {
  /** Names the setting or file in the problems. */
  readonly where: string;
  /** For `%NAME%` in schedules, which is otherwise taken to be right. */
  readonly settings?: Environment;
}

/** In bytes of UTF-8. */
const MAX_JOBS_BYTES = 1024 * 1024;

/** Checks the configured jobs, a list or an object with one, for callers that take all of them or none; `where` names the setting or file in the problems. */
export function checkJobs(text: string, where: string): Checked<readonly Job[]> {
  const { jobs, wrong } = readJobs(text, { where });
  return wrong.length === 0 ? { value: jobs } : { problems: shortened(wrong.flatMap(({ problems }) => problems)) };
}

/** Reads the configured jobs, a list or an object with one. */
export function readJobs(text: string, source: JobsSource): ReadJobs {
  const { where } = source;
  const { value, problems } = readList(text, where);
  if (value === undefined) return { jobs: [], wrong: [{ label: `Everything in ${where}`, problems }] };
  const names = new Set<string>();
  const read = value.entries.map((written, index) => readEntry(written, [...value.path, index], names, source));
  return {
    jobs: read.flatMap(({ job }) => job ?? []),
    wrong: [
      ...read.flatMap(({ wrong }) => wrong ?? []),
      ...(value.problems.length > 0 ? [{ label: `A part of ${where}`, problems: value.problems }] : []),
    ],
  };
}

/** Reads one job; its name joins `names`. */
function readEntry(
  written: unknown,
  path: readonly PropertyKey[],
  names: Set<string>,
  { where, settings }: JobsSource,
): { readonly job?: Job; readonly wrong?: WrongJob } {
  const excess = findExcess(written);
  if (excess !== undefined) return { wrong: { label: labelOf(undefined, path, where), problems: [`${placeOf(where, path)} ${excess}`] } };
  const intent = intentOf(written);
  const { value, problems = [] } = checkJob(written, where, path);
  const all = [...problems, ...scheduleProblems(value, placeOf(where, [...path, 'schedule']), settings)];
  if (intent.name !== undefined && names.has(intent.name))
    all.push(`${placeOf(where, [...path, 'name'])}: "${intent.name}" is the name of an earlier job too`);
  if (intent.name !== undefined) names.add(intent.name);
  return value !== undefined && all.length === 0
    ? { job: value }
    : { wrong: { ...intent, label: labelOf(intent.name, path, where), problems: shortened(all) } };
}

interface List {
  readonly entries: readonly unknown[];
  /** Where the list is in the text. */
  readonly path: readonly PropertyKey[];
  /** Problems outside the list. */
  readonly problems: readonly string[];
}

function readList(text: string, where: string): Checked<List> {
  if (Buffer.byteLength(text) > MAX_JOBS_BYTES) return { problems: [`${where} is larger than ${MAX_JOBS_BYTES} bytes`] };
  let parsed: unknown;
  try {
    parsed = parseConfig(text);
  } catch (error) {
    if (error instanceof OutsideTextError) return { problems: [`${where} ${error.message}`] };
    throw error;
  }
  if (Array.isArray(parsed)) return checkLength({ entries: parsed, path: [], problems: [] }, where);
  if (!isObject(parsed)) return { problems: [`${where}: must be a list of jobs, or an object with "jobs"`] };
  const { jobs, ...others } = parsed;
  if (!Array.isArray(jobs)) return { problems: [`${where}: jobs: must be a list of jobs`] };
  return checkLength({ entries: jobs, path: ['jobs'], problems: problemsBeside(others, where) }, where);
}

function checkLength(list: List, where: string): Checked<List> {
  const { length } = list.entries;
  return length > MAX_ENTRIES ? { problems: [`${where} has ${length} jobs, more than ${MAX_ENTRIES}`] } : { value: list };
}

function problemsBeside({ $schema, ...unknown }: Readonly<Record<string, unknown>>, where: string): readonly string[] {
  const excess = findExcess({ $schema, ...unknown });
  if (excess !== undefined) return [`${where} ${excess}`];
  const names = Object.keys(unknown).map(shownName);
  return shortened([
    ...($schema === undefined || typeof $schema === 'string' ? [] : [`${where}: $schema: must be text`]),
    ...(names.length === 0 ? [] : [`${where}: has ${names.join(', ')}, but takes only "jobs" and "$schema"`]),
  ]);
}

function intentOf(written: unknown): { readonly name?: string; readonly intent?: Intent } {
  if (!isObject(written)) return {};
  const { name, between } = readIntent(written);
  const { schedule, enabled } = written;
  return {
    ...(name !== undefined && { name }),
    ...(between && { intent: { ...between, ...(typeof schedule === 'string' && enabled !== false && { schedule }) } }),
  };
}

function scheduleProblems(job: Job | undefined, place: string, settings: Environment | undefined): readonly string[] {
  const problem = job?.schedule === undefined || settings === undefined ? undefined : problemOfSchedule(job.schedule, settings);
  return problem === undefined ? [] : [`${place}: ${problem}`];
}

function labelOf(name: string | undefined, path: readonly PropertyKey[], where: string): string {
  return name === undefined ? `Job ${Number(path.at(-1)) + 1} of ${where}` : `Job ${name}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
