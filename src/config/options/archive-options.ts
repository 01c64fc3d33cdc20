import { z } from 'zod';
import type { Location } from '../locations.ts';
import { BYTE_SIZE } from './byte-size.ts';

const DEFAULT_DAYS = 7;

const restore = z.strictObject({
  maxBytes: z
    .union(
      [z.int().min(1, { abort: true }), z.string().regex(BYTE_SIZE, { abort: true })],
      'must be a number of bytes, or text with a unit, such as "500 GiB"',
    )
    .meta({ description: 'The budget of each run: so many bytes are asked for, and no more.', examples: ['500 GiB'] }),
  speed: z
    .enum(['bulk', 'standard', 'expedited'])
    .default('standard')
    .meta({
      description: 'How urgent it is, and so how dear. Blob Storage knows standard and expedited (its priority High).',
      examples: ['bulk'],
    }),
  days: z
    .int()
    .min(1)
    .default(DEFAULT_DAYS)
    .meta({ description: 'From S3: how many days the restored copy is kept there.', examples: [3] }),
  tier: z
    .enum(['Hot', 'Cool', 'Cold'])
    .default('Cool')
    .meta({ description: 'From Blob Storage: the tier in which the blob is from then on.', examples: ['Cold'] }),
});

/** The option that says what becomes of archived objects. */
export const archiveOptions = {
  archived: z
    .union(
      [z.literal('skip'), z.strictObject({ restore })],
      'must be "skip", or {"restore": {"maxBytes": …}} with speed, days and tier if need be',
    )
    .optional()
    .meta({
      description: 'How archived objects that would be copied are treated: skipped, or restored within a budget and copied by a later run.',
      default: 'skip',
      examples: [{ restore: { maxBytes: '500 GiB', speed: 'bulk' } }],
    }),
};

type ArchiveOption = z.infer<NonNullable<typeof archiveOptions.archived>>;

/** Tells what the source's cloud does not have. */
export function checkArchiveOptions(
  { archived }: { readonly archived?: ArchiveOption },
  source: Location['kind'],
  report: (option: string, message: string) => void,
): void {
  if (archived === undefined || archived === 'skip') return;
  if (source === 'blob' && archived.restore.speed === 'bulk')
    report('archived', 'Blob Storage has no "bulk": its speeds are standard and expedited');
}
