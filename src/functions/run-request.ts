import type { Job, SyncRequest } from '../jobs.ts';
import { formatLocation } from '../locations.ts';
import type { RunRequest } from '../runs/record.ts';

/** What a job or an ad hoc request asks for, in the form that a run keeps. */
export function runRequestOf(request: SyncRequest | Job): RunRequest {
  const { source, destination, options, reportTo } = request;
  return {
    ...('name' in request && { job: request.name }),
    source: formatLocation(source),
    destination: formatLocation(destination),
    options,
    ...(reportTo && { reportTo: formatLocation(reportTo) }),
  };
}
