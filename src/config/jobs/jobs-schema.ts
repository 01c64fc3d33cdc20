import { z } from 'zod';
import { jobsFile, syncBody } from './jobs.ts';

/** Draft 7 is what editors know best. It tells what may be written, not what becomes of it. */
const FORM = { io: 'input', target: 'draft-07' } as const;

/**
 * The JSON Schema of jobs.json, for editors; its definition `syncRequest` is the body of `POST /api/sync`. What is right by it may still be
 * refused: it does not tell that the locations are on two clouds, and which options are for which destination.
 */
export function jobsSchema(): Readonly<Record<string, unknown>> {
  const file = z.toJSONSchema(jobsFile, FORM);
  // Both define the same options.
  const { $schema: _, definitions: __, ...syncRequest } = z.toJSONSchema(syncBody, FORM);
  return { ...file, title: 'Jobs of Keyless Bridge', definitions: Object.assign({ syncRequest }, file['definitions']) };
}
