import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Bridge } from '../bridge.ts';
import { judgeRequest } from '../conflicts/judge-jobs.ts';
import { checkSyncRequest, type SyncRequest } from '../jobs.ts';
import { contains, formatLocation, type Location, parseObjectLocation } from '../locations.ts';
import { startAndAnswer } from './answer-started.ts';
import { HttpProblem } from './problem.ts';
import { runRequestOf } from './run-request.ts';

/** Starts what the body asks for, and answers it. Throws {@link HttpProblem}. */
export async function startAdHoc(
  bridge: Bridge,
  body: unknown,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const { value, problems } = checkSyncRequest(body);
  if (value === undefined) throw new HttpProblem(400, { detail: 'The body is not a valid sync request. See problems.', problems });
  refuseForeign(value, bridge.settings.allowedLocations);
  const warnings = refuseConflicts(value, bridge.settings);
  for (const warning of warnings) context.warn(`An ad hoc run was asked for: ${warning}`);
  const answer = await startAndAnswer(bridge, runRequestOf(value, bridge.settings), request, context);
  return warnings.length === 0 ? answer : { ...answer, jsonBody: { ...answer.jsonBody, warnings } };
}

/** Answers what is no reason not to start it. */
function refuseConflicts(request: SyncRequest, settings: Bridge['settings']): readonly string[] {
  const { problems, warnings } = judgeRequest(request, settings, settings.ownStorage);
  if (problems.length === 0) return warnings;
  throw new HttpProblem(409, {
    detail: 'The sync is refused: it would destroy something, or a configured job would destroy what it copies. See problems.',
    problems,
  });
}

/** Whoever holds a function key may use only the locations that the operator has named. */
function refuseForeign({ source, destination, reportTo, options }: SyncRequest, allowed: readonly Location[]): void {
  const keyList = options.keys === undefined ? [] : [parseObjectLocation(options.keys).folder];
  const named = [source, destination, ...(reportTo ? [reportTo] : []), ...keyList];
  const foreign = named.filter((location) => !allowed.some((outer) => contains(outer, location)));
  if (foreign.length === 0) return;
  throw new HttpProblem(403, {
    detail:
      'An ad hoc run may use only the locations in BRIDGE_ALLOWED_LOCATIONS (when that is not set, those of the configured jobs). Add the missing ones to that setting, or start a configured job.',
    problems: foreign.map((location) => `${formatLocation(location)} is not allowed`),
  });
}
