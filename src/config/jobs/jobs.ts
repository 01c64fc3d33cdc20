import { z } from 'zod';
import { MAX_ENTRIES, shortened, shownName } from '../../text/outside-text.ts';
import type { Checked } from '../checked.ts';
import { isReadOnly, type Location, LocationError, parseLocation } from '../locations.ts';
import { checkSyncOptions, readRightOptions, type SyncOptions, syncOptions } from '../options/sync-options.ts';
import { problemOfSchedule } from '../schedules/job-schedule.ts';

/** For editors, which cannot call {@link parseLocation}: every location matches; a blob location with a SAS does not. */
const LOCATION_PATTERN = '^(?:s3://[a-z0-9.-]{3,63}(?:[/?#]|$)|https?://[^/?#@]+/[^?#]+$)';
/** Likewise: five or six fields, or the name of an app setting. */
const SCHEDULE_PATTERN = '^ *(?:[^ ]+ +){4,5}[^ ]+ *$|%[^%]+%';

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

const schedule = z
  .string()
  .superRefine((text, context) => {
    const message = problemOfSchedule(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .optional()
  .meta({
    description:
      'When the job is started: NCRONTAB of six fields (second minute hour day month weekday), or of five without the second, in UTC; %NAME% stands for an app setting. By default only by HTTP.',
    pattern: SCHEDULE_PATTERN,
    examples: ['0 0 2 * * *', '0 */15 * * * *', '0 0 9 1-7 * Mon'],
  });

const enabled = z
  .boolean()
  .optional()
  .meta({
    description: 'With false the schedule starts no run; the job can still be started by HTTP.',
    default: true,
    examples: [false],
  });

/** In place of a location that cannot be read: nothing else is there. */
const NOWHERE = {
  source: { kind: 's3', bucket: '?source', prefix: '' },
  destination: { kind: 's3', bucket: '?destination', prefix: '' },
} as const;

const between = {
  source: location.describe('From where: a container or a bucket, or what is below a prefix in it.'),
  destination: location.describe('To where: a location on the other cloud than the source.'),
  options: syncOptions,
  reportTo: location.optional().describe('The location where each run puts its report, as <job>-<run>.ndjson. By default none.'),
};

/** A source and a destination. */
export interface Between {
  readonly source: Location;
  readonly destination: Location;
  readonly options: SyncOptions;
  readonly reportTo?: Location | undefined;
}

/** The body of `POST /api/sync`. */
export const syncBody = z.strictObject(between).superRefine(fitTogether).meta({ description: 'An ad hoc sync.' });

const name = z
  .string('must be text')
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'must be 1 to 48 of a-z, 0-9 and "-", with no "-" at an end')
  .meta({ description: 'Its name in URLs and logs; no other job has it.', examples: ['invoices-to-s3'] });

const job = z
  .strictObject({ name, ...between, schedule, enabled })
  .superRefine(fitTogether)
  .meta({ id: 'job', description: 'A configured sync.' });

const jobList = z.array(job, 'must be a list of jobs').max(MAX_ENTRIES);

const jobObject = z.strictObject({
  $schema: z
    .string()
    .optional()
    .meta({ description: 'The JSON Schema of this file, for editors.', examples: ['./jobs.schema.json'] }),
  jobs: jobList.describe('The configured syncs.'),
});

/** The configured jobs: a list, or an object with the list and the schema that an editor is to use. */
export const jobsFile = z.union([jobList, jobObject]);

/** The body of an ad hoc request. */
export type SyncRequest = z.infer<typeof syncBody>;

/** A source and a destination. */
export type Job = z.infer<typeof job>;

/** Checks the body of `POST /api/sync`. */
export function checkSyncRequest(body: unknown): Checked<SyncRequest> {
  return check(syncBody, body, '');
}

/** Checks one configured job; `path` names it in the problems. */
export function checkJob(value: unknown, where: string, path: readonly PropertyKey[]): Checked<Job> {
  return check(job, value, where, path);
}

/** The readable part of a wrong job: its name, if that is right, and its sync, unless both locations are wrong. */
export function readIntent(value: Readonly<Record<string, unknown>>): { readonly name?: string | undefined; readonly between?: Between } {
  const read = <T>(schema: z.ZodType<T>, field: string) => schema.safeParse(value[field]).data;
  const [source, destination] = [read(location, 'source'), read(location, 'destination')];
  const named = { name: read(name, 'name') };
  if (source === undefined && destination === undefined) return named;
  return {
    ...named,
    between: {
      source: source ?? NOWHERE.source,
      destination: destination ?? NOWHERE.destination,
      options: readRightOptions(value['options'], {
        source: source?.kind ?? 's3',
        destination: destination?.kind ?? 's3',
      }),
      reportTo: read(between.reportTo, 'reportTo'),
    },
  };
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string, place: readonly PropertyKey[] = []): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return {
    problems: shortened(
      result.error.issues.map((issue) =>
        [placeOf(where, [...place, ...issue.path]), messageOf(issue)].filter((part) => part !== '').join(': '),
      ),
    ),
  };
}

/** For messages: `jobs.json[0].name`. */
export function placeOf(where: string, path: readonly PropertyKey[]): string {
  const separator = where !== '' && typeof path[0] === 'string' ? ': ' : '';
  return `${where}${separator}${z.core.toDotPath(path.map((part) => (typeof part === 'string' ? shownName(part) : part)))}`;
}

/** No message of Zod but this one repeats a text that it checks. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? `has what is not known: ${issue.keys.map(shownName).join(', ')}` : issue.message;
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
      context.addIssue({
        code: 'custom',
        path: [field],
        message: 'cannot be written: Azure alone writes this container or endpoint, so it can only be a source',
      });
}

function crossesClouds({ source, destination }: Between, context: z.RefinementCtx): void {
  if (source.kind !== destination.kind) return;
  context.addIssue({
    code: 'custom',
    path: ['destination'],
    message: 'must be on the other cloud than the source: one location is s3://…, the other a blob container',
  });
}
