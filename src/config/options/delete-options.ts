import { z } from 'zod';

/** Default limits of deletions. */
const DEFAULT_MAX_COUNT = 1_000;
const DEFAULT_MAX_PERCENT = 10;

/** The option that lets a sync delete what only the destination has. */
export const deleteOptions = {
  delete: z
    .strictObject({
      maxCount: z
        .int()
        .min(1)
        .default(DEFAULT_MAX_COUNT)
        .meta({ description: 'If more objects would be deleted, none is.', examples: [100] }),
      maxPercent: z
        .number()
        .gt(0, 'must be more than 0')
        .max(100, 'must be at most 100')
        .default(DEFAULT_MAX_PERCENT)
        .meta({ description: "If a larger part of the destination's objects would be deleted, none is.", examples: [5] }),
      allowEmptySource: z
        .boolean()
        .default(false)
        .meta({ description: 'Deletes even if the source has no object at all.', examples: [true] }),
      despiteFailures: z
        .boolean()
        .optional()
        .meta({
          description:
            'Deletes even if objects of the source could not be copied, because they failed or are archived. What is deleted may then be the last copy of one of them, under an earlier name.',
          default: false,
          examples: [true],
        }),
    })
    .optional()
    .meta({
      description:
        'Deletes at last, within these limits, what the destination has and the source, asked for each object, has not. By default nothing is deleted.',
      examples: [{}, { maxCount: 100, maxPercent: 5 }],
    }),
};
