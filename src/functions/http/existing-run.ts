import type { HttpRequest } from '@azure/functions';
import { isRunId, type RunRecord } from '../../runs/record.ts';
import { cutText } from '../../text/outside-text.ts';
import { HttpProblem } from './problem.ts';

/** The run's id in the route. Throws a 404 for what cannot be one. */
export function runIdOf(request: HttpRequest): string {
  const id = request.params['id'] ?? '';
  if (!isRunId(id)) throw noSuchRun(id);
  return id;
}

/** Throws a 404 when there is no such run. */
export function existing(record: RunRecord | undefined, request: HttpRequest): RunRecord {
  if (record === undefined) throw noSuchRun(request.params['id'] ?? '');
  return record;
}

function noSuchRun(id: string): HttpProblem {
  return new HttpProblem(404, { detail: `There is no run ${JSON.stringify(cutText(id, 100))}. GET /api/runs lists the latest ones.` });
}
