import { z } from 'zod';
import { BYTE_SIZE, bytesOf } from './byte-size.ts';

/** Below this, connections would be taken for dead. */
const MIN_BYTES_PER_SECOND = 64 * 1024;

/** The options that keep a run from taking all that there is. */
export const limitOptions = {
  bandwidth: z
    .union(
      [z.int(), z.string().regex(BYTE_SIZE, { abort: true })],
      'must be a number of bytes a second, or text with a unit, such as "50 MiB" or "1 GB"',
    )
    .meta({
      description: 'Bytes a second that the run reads, with a unit or as a number, over all instances. By default as many as there can be.',
      examples: ['50 MiB', 10_000_000],
    })
    .transform(bytesOf)
    .refine((bytes) => bytes >= MIN_BYTES_PER_SECOND, 'must be at least 64 KiB a second')
    .optional(),
  requestsPerSecond: z
    .int()
    .min(1)
    .optional()
    .meta({
      description: 'Requests a second to both stores together, over all instances. By default as many as there can be.',
      examples: [500],
    }),
};
