import { Cron } from 'croner';
import { z } from 'zod';
import type { Checked } from './checked.ts';
import { isReadOnly, type Location, LocationError, parseLocation } from './locations.ts';
import { checkSyncOptions, type SyncOptions, syncOptions } from './options/sync-options.ts';
import { MAX_ENTRIES, OutsideTextError, parseOutsideJson, shortened } from './outside-text.ts';

/** For editors, which cannot call {@link parseLocation}: every location matches; a blob location with a SAS does not. */
const LOCATION_PATTERN = '^(?:s3://[a-z0-9.-]{3,63}(?:[/?#]|$)|https?://[^/?#@]+/[^?#]+$)';
/** Likewise: six fields. */
const SCHEDULE_PATTERN = '^\\s*(?:\\S+\\s+){5}\\S+\\s*$';

const location = z
  .string('must be a location, as text')
  .meta({
    pattern: LOCATION_PATTERN,
    examples: ['https://contoso.blob.core.windows.net/invoices/2026', 's3://contoso-archive/invoices/2026'],
  })
  .transform((text, context) => {
    try {
      return parseLocation(text);
    } catch (error) {
      if (!(error instanceof LocationError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

/** In characters: as long as no list of minutes and hours is. */
const MAX_SCHEDULE_LENGTH = 256;
/** In bytes of UTF-8. */
const MAX_JOBS_BYTES = 1024 * 1024;

const schedule = z
  .string()
  .refine((text) => text.length <= MAX_SCHEDULE_LENGTH && isNcrontab(text), {
    message: 'must be an NCRONTAB expression of six fields (second minute hour day month weekday), such as "0 0 2 * * *"',
  })
  .optional()
  .meta({
    description: 'When the job is started: NCRONTAB of six fields (second minute hour day month weekday), in UTC. By default only by HTTP.',
    pattern: SCHEDULE_PATTERN,
    examples: ['0 0 2 * * *', '0 */15 * * * *'],
  });

const between = {
  source: location.describe('From where: a container or a bucket, or what is below a prefix in it.'),
  destination: location.describe('To where: a location on the other cloud than the source.'),
  options: syncOptions,
  reportTo: location.optional().describe('The location where each run puts its report, as <job>-<run>.ndjson. By default none.'),
};

interface Between {
  readonly source: Location;
  readonly destination: Location;
  readonly options: SyncOptions;
  readonly reportTo?: Location | undefined;
}

/** The body of `POST /api/sync`. */
export const syncBody = z.strictObject(between).superRefine(fitTogether).meta({ description: 'An ad hoc sync.' });

const job = z
  .strictObject({
    name: z
      .string('must be text')
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'must be 1 to 48 of a-z, 0-9 and "-", with no "-" at an end')
      .meta({ description: 'Its name in URLs and logs; no other job has it.', examples: ['invoices-to-s3'] }),
    ...between,
    schedule,
  })
  .superRefine(fitTogether)
  .meta({ id: 'job', description: 'A configured sync.' });

const jobList = z
  .array(job, 'must be a list of jobs')
  .max(MAX_ENTRIES)
  .superRefine((jobs, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of jobs.entries()) {
      if (names.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is the name of an earlier job too` });
      names.add(name);
    }
  });

const jobObject = z.strictObject({
  $schema: z
    .string()
    .optional()
    .meta({ description: 'The JSON Schema of this file, for editors.', examples: ['./jobs.schema.json'] }),
  jobs: jobList.describe('The configured syncs.'),
});

/** The configured jobs: a list, or an object with the list and the schema that an editor is to use. */
export const jobsFile = z.union([jobList, jobObject]);

/** What an ad hoc run copies. */
export type SyncRequest = z.infer<typeof syncBody>;

/** A configured sync. */
export type Job = z.infer<typeof job>;

/** Checks the body of `POST /api/sync`. */
export function checkSyncRequest(body: unknown): Checked<SyncRequest> {
  return check(syncBody, body, '');
}

/** Checks the configured jobs, a list or an object with one; `where` names the setting or file in the problems. */
export function checkJobs(text: string, where: string): Checked<readonly Job[]> {
  if (Buffer.byteLength(text) > MAX_JOBS_BYTES) return { problems: [`${where} is larger than ${MAX_JOBS_BYTES} bytes`] };
  let parsed: unknown;
  try {
    parsed = parseOutsideJson(text);
  } catch (error) {
    if (error instanceof OutsideTextError) return { problems: [`${where} ${error.message}`] };
    throw error;
  }
  if (Array.isArray(parsed)) return check(jobList, parsed, where);
  if (!isObject(parsed)) return { problems: [`${where}: must be a list of jobs, or an object with "jobs"`] };
  const { value, problems } = check(jobObject, parsed, where);
  return value === undefined ? { problems } : { value: value.jobs };
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return {
    problems: shortened(
      result.error.issues.map(({ path, message }) => [placeOf(where, path), message].filter((part) => part !== '').join(': ')),
    ),
  };
}

function placeOf(where: string, path: readonly PropertyKey[]): string {
  const separator = where !== '' && typeof path[0] === 'string' ? ': ' : '';
  return `${where}${separator}${z.core.toDotPath([...path])}`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function fitTogether(request: Between, context: z.RefinementCtx): void {
  crossesClouds(request, context);
  writesWhereItMay(request, context);
  checkSyncOptions(request.options, { source: request.source.kind, destination: request.destination.kind }, (option, message) => {
    context.addIssue({ code: 'custom', path: ['options', option], message });
  });
}

function writesWhereItMay({ destination, reportTo }: Between, context: z.RefinementCtx): void {
  for (const [field, location] of Object.entries({ destination, reportTo }))
    if (location !== undefined && isReadOnly(location))
      context.addIssue({ code: 'custom', path: [field], message: 'is a container that Azure alone writes: it can only be a source' });
}

function crossesClouds({ source, destination }: Between, context: z.RefinementCtx): void {
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
