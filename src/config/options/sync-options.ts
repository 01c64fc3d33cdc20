import { z } from 'zod';
import type { Location } from '../locations.ts';
import { archiveOptions, checkArchiveOptions } from './archive-options.ts';
import { auditOptions, checkAuditOptions } from './audit-options.ts';
import { carriedOptions, checkCarriedOptions } from './carried-options.ts';
import { deleteOptions } from './delete-options.ts';
import { checkFilterOptions, filterOptions } from './filter-options.ts';
import { checkKeyListOptions, keyListOptions } from './key-list-options.ts';
import { limitOptions } from './limit-options.ts';

/** Objects that a lane has under way at once, where a job does not say. */
const DEFAULT_CONCURRENCY = 32;
/** Ranges of keys under way at once, where a job does not say. */
const DEFAULT_LANES = 8;
/** The plan of a run has to stay small. */
const MAX_SPLITS = 255;

/** How a job or an ad hoc run syncs. */
export const syncOptions = z
  .strictObject({
    compare: z
      .enum(['auto', 'checksum', 'size', 'always'])
      .default('auto')
      .meta({
        description:
          'How to decide whether a copy is current: auto (by the cheapest proof that there is), by checksum (content is read where the service keeps none), size alone, or always copy.',
        examples: ['size'],
      }),
    overwrite: z
      .enum(['changed', 'if-newer', 'never'])
      .optional()
      .meta({
        description:
          'What becomes of an object of the destination that is not current: it is replaced (changed), unless it was edited or is at least as new as the source (if-newer), or never.',
        default: 'changed',
        examples: ['if-newer'],
      }),
    concurrency: z
      .int()
      .min(1)
      .max(128)
      .default(DEFAULT_CONCURRENCY)
      .meta({ description: 'Objects under way at once in each lane.', examples: [64] }),
    lanes: z
      .int()
      .min(1)
      .max(64)
      .default(DEFAULT_LANES)
      .meta({ description: 'Ranges of keys under way at once: each is a lane of its own, on any instance.', examples: [16] }),
    splitAt: z
      .array(z.string().min(1).max(1_024))
      .max(MAX_SPLITS)
      .optional()
      .meta({
        description: 'Keys at which the ranges are split. By default they are looked for.',
        examples: [['2024/', '2025/', '2026/']],
      }),
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: 'Writes nothing: the report tells what would be copied.', default: false, examples: [true] }),
    keyMapping: z
      .enum(['escape', 'fail'])
      .optional()
      .meta({
        description:
          'How objects are treated whose key the other side cannot hold: the copy gets an escaped key, which is reversible (escape), or the object fails (fail).',
        default: 'escape',
        examples: ['fail'],
      }),
    folderMarkers: z
      .enum(['copy', 'skip', 'convert'])
      .optional()
      .meta({
        description:
          'How objects without bytes that only stand for a folder are treated: copied like others, skipped, or converted to the form of the other side.',
        default: 'copy',
        examples: ['skip'],
      }),
    requesterPays: z
      .boolean()
      .optional()
      .meta({
        description: 'The AWS account of the role pays for the requests to the bucket, which a bucket with "Requester Pays" wants.',
        default: false,
        examples: [true],
      }),
    ...keyListOptions,
    ...limitOptions,
    ...filterOptions,
    ...deleteOptions,
    ...auditOptions,
    ...archiveOptions,
    ...carriedOptions,
  })
  .prefault({})
  .meta({ id: 'options', description: 'How it is synced.', examples: [{ compare: 'size', lanes: 16 }] });

export type SyncOptions = z.infer<typeof syncOptions>;

interface Clouds {
  readonly source: Location['kind'];
  readonly destination: Location['kind'];
}

/** Tells which options do not go together, or are not for these clouds. */
export function checkSyncOptions(
  options: SyncOptions,
  { source, destination }: Clouds,
  report: (option: string, message: string) => void,
): void {
  checkFilterOptions(options, report);
  checkKeyListOptions(options, report);
  checkAuditOptions(options, report);
  checkArchiveOptions(options, source, report);
  checkCarriedOptions(options, destination, report);
}

/** Those of the written options that are right, each by itself and together. What is wrong with the others is told elsewhere. */
export function readRightOptions(written: unknown, clouds: Clouds): SyncOptions {
  const fields: Readonly<Record<string, z.ZodType>> = syncOptions.unwrap().shape;
  const right = new Map(
    Object.entries(typeof written === 'object' && written !== null ? written : {}).filter(
      ([name, value]) => Object.hasOwn(fields, name) && fields[name]?.safeParse(value).success,
    ),
  );
  for (;;) {
    const options = syncOptions.parse(Object.fromEntries(right));
    const wrong = new Set<string>();
    checkSyncOptions(options, clouds, (option) => void wrong.add(option));
    // A filter passes either all or nothing of it.
    if (['include', 'exclude', 'filter'].some((name) => wrong.has(name))) for (const name of Object.keys(filterOptions)) wrong.add(name);
    if (![...wrong].some((name) => right.delete(name))) return options;
    for (const name of wrong) right.delete(name);
  }
}
