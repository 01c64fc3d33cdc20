import { isReverseOf } from '../conflicts/overlap.ts';
import type { Job, SyncRequest } from '../jobs.ts';
import { formatLocation } from '../locations.ts';
import type { RunRequest } from '../runs/record.ts';

/** What a job or an ad hoc request asks for, in the form that a run keeps. `jobs`: all that are configured. */
export function runRequestOf(request: SyncRequest | Job, jobs: readonly Job[]): RunRequest {
  const { source, destination, options, reportTo } = request;
  return {
    ...('name' in request && { job: request.name }),
    source: formatLocation(source),
    destination: formatLocation(destination),
    options,
    ...(reportTo && { reportTo: formatLocation(reportTo) }),
    ...(jobs.some((job) => isReverseOf(request, job)) && { isTwoWay: true }),
  };
}
