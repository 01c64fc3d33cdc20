import type { HttpFunctionOptions, HttpRequest } from '@azure/functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import type { Job } from '../../config/jobs/jobs.ts';
import type { Settings } from '../../config/settings.ts';
import { withBridge } from '../http/problem.ts';
import { baseUrlOf } from '../http/request.ts';
import { runRequestOf } from '../run-request.ts';

/** `GET /api/jobs`: the configured jobs; one that is refused has `problems`, and no link to start it; when its name is wrong, too,
 * `name` says where it is written. */
export function listJobsFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'jobs',
    authLevel: 'function',
    handler: withBridge(source, async ({ settings }, request) => {
      const { jobs, refusedJobs, jobWarnings } = settings;
      const runnable = jobs.map((job) => {
        const warnings = jobWarnings.filter((warning) => warning.jobs.includes(job.name)).map(({ message }) => message);
        const links = { start: `${baseUrlOf(request)}/jobs/${job.name}/runs`, runs: runsOf(job.name, request) };
        return { ...shown(job, settings), ...(warnings.length > 0 && { warnings }), links };
      });
      const refused = refusedJobs.map(({ label, name, job, problems }) => ({
        ...(job === undefined ? { name: name ?? label } : shown(job, settings)),
        problems,
        links: name === undefined ? {} : { runs: runsOf(name, request) },
      }));
      return { jsonBody: { jobs: [...runnable, ...refused] } };
    }),
  };
}

function shown(job: Job, settings: Settings) {
  const { job: name, ...rest } = runRequestOf(job, settings);
  return { name, ...rest, ...(job.schedule && { schedule: job.schedule }), ...(job.enabled === false && { enabled: false }) };
}

function runsOf(job: string, request: HttpRequest): string {
  return `${baseUrlOf(request)}/runs?job=${job}`;
}
