import type { JudgedJobs } from '../config/conflicts/judge-jobs.ts';
import { isReverseOf } from '../config/conflicts/overlap.ts';
import type { Job, SyncRequest } from '../config/jobs/jobs.ts';
import { formatLocation } from '../config/locations.ts';
import type { RunRequest } from '../runs/record.ts';

/** The request of a run, from a job or an ad hoc request. A refused job counts all the same as one that writes to its destination. */
export function runRequestOf(request: SyncRequest | Job, { jobs, refusedJobs }: JudgedJobs): RunRequest {
  const { source, destination, options, reportTo } = request;
  const routes = [...jobs, ...refusedJobs.flatMap(({ job, intent }) => job ?? intent ?? [])];
  return {
    ...('name' in request && { job: request.name }),
    source: formatLocation(source),
    destination: formatLocation(destination),
    options,
    ...(reportTo && { reportTo: formatLocation(reportTo) }),
    ...(routes.some((route) => isReverseOf(request, route)) && { isTwoWay: true }),
  };
}
