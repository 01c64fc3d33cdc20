import { Cron } from 'croner';
import { z } from 'zod';
import { carriedOptions, checkCarriedOptions } from './carried-options.ts';
import type { Checked } from './checked.ts';
import { LocationError, parseLocation } from './locations.ts';

/** Objects that a lane has under way at once, where a job does not say. */
const DEFAULT_CONCURRENCY = 32;
/** Ranges of keys under way at once, where a job does not say. */
const DEFAULT_LANES = 8;
/** The plan of a run has to stay small. */
const MAX_SPLITS = 255;

const location = z.string('must be a location, as text').transform((text, context) => {
  try {
    return parseLocation(text);
  } catch (error) {
    if (!(error instanceof LocationError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const options = z
  .strictObject({
    compare: z.enum(['auto', 'size', 'always']).default('auto'),
    concurrency: z.int().min(1).max(128).default(DEFAULT_CONCURRENCY),
    lanes: z.int().min(1).max(64).default(DEFAULT_LANES),
    splitAt: z.array(z.string().min(1).max(1_024)).max(MAX_SPLITS).optional(),
    dryRun: z.boolean().optional(),
    ...carriedOptions,
  })
  .prefault({});

const schedule = z.string().refine(isNcrontab, {
  message: 'must be an NCRONTAB expression of six fields (second minute hour day month weekday), such as "0 0 2 * * *"',
});

const between = { source: location, destination: location, options, reportTo: location.optional() };

const syncBody = z.strictObject(between).superRefine(fitTogether);

const job = z
  .strictObject({
    name: z
      .string('must be text')
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'must be 1 to 48 of a-z, 0-9 and "-", with no "-" at an end'),
    ...between,
    schedule: schedule.optional(),
  })
  .superRefine(fitTogether);

const jobList = z.array(job, 'must be a list of jobs').superRefine((jobs, context) => {
  for (const [index, { name }] of jobs.entries()) {
    if (jobs.findIndex((other) => other.name === name) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is the name of an earlier job too` });
  }
});

/** What an ad hoc run copies. */
export type SyncRequest = z.infer<typeof syncBody>;

/** A configured sync. */
export type Job = z.infer<typeof job>;

export type SyncOptions = z.infer<typeof options>;

/** Checks the body of `POST /api/sync`. */
export function checkSyncRequest(body: unknown): Checked<SyncRequest> {
  return check(syncBody, body, '');
}

/** Checks the configured jobs; `where` names the setting or file in the problems. */
export function checkJobs(text: string, where: string): Checked<readonly Job[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { problems: [`${where} is not valid JSON: ${withoutExcerpt(error)}`] };
  }
  return check(jobList, parsed, where);
}

/** Why JSON.parse refused a text, without the piece of it that it repeats: that may hold a SAS. */
function withoutExcerpt(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replace(/, (?:\.{3})?".*" is not valid JSON$/s, '');
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return {
    problems: result.error.issues.map(({ path, message }) =>
      [`${where}${z.core.toDotPath(path)}`, message].filter((part) => part !== '').join(': '),
    ),
  };
}

function fitTogether(request: SyncRequest, context: z.RefinementCtx): void {
  crossesClouds(request, context);
  checkCarriedOptions(request.options, request.destination.kind, (option, message) => {
    context.addIssue({ code: 'custom', path: ['options', option], message });
  });
}

function crossesClouds({ source, destination }: SyncRequest, context: z.RefinementCtx): void {
  if (source.kind !== destination.kind) return;
  context.addIssue({
    code: 'custom',
    path: ['destination'],
    message: 'must be on the other cloud than the source: one location is s3://…, the other a blob container',
  });
}

function isNcrontab(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 6) return false;
  try {
    new Cron(expression, { paused: true }).stop();
    return true;
  } catch {
    return false;
  }
}
