import type { HttpFunctionOptions } from '@azure/functions';
import { jobsSchema } from '../../config/jobs/jobs-schema.ts';

/** `GET /api/schema`: the JSON Schema of jobs.json and of the body of `POST /api/sync`. It needs no right settings. */
export function schemaFunction(): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'schema',
    authLevel: 'anonymous',
    handler: async () => ({ headers: { 'content-type': 'application/schema+json' }, jsonBody: jobsSchema() }),
  };
}
