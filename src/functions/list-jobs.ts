import type { HttpFunctionOptions } from '@azure/functions';
import type { BridgeOrProblems } from '../bridge.ts';
import { withBridge } from './problem.ts';
import { baseUrlOf } from './request.ts';
import { runRequestOf } from './run-request.ts';

/** `GET /api/jobs`: the configured jobs. */
export function listJobsFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'jobs',
    authLevel: 'function',
    handler: withBridge(source, async ({ settings }, request) => ({
      jsonBody: {
        jobs: settings.jobs.map((job) => {
          const { job: name, ...rest } = runRequestOf(job, settings.jobs);
          const url = `${baseUrlOf(request)}/jobs/${job.name}/runs`;
          return {
            name,
            ...rest,
            ...(job.schedule && { schedule: job.schedule }),
            links: { start: url, runs: `${baseUrlOf(request)}/runs?job=${job.name}` },
          };
        }),
      },
    })),
  };
}
