import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Bridge } from '../../app/bridge.ts';
import { judgeAdHoc } from '../../config/ad-hoc/judge-ad-hoc.ts';
import { judgeRequest } from '../../config/conflicts/judge-jobs.ts';
import { checkSyncRequest, type SyncRequest } from '../../config/jobs/jobs.ts';
import { runRequestOf } from '../run-request.ts';
import { startAndAnswer } from './answer-started.ts';
import { HttpProblem } from './problem.ts';

/** Starts what the body asks for, and answers it. Throws {@link HttpProblem}. */
export async function startAdHoc(
  bridge: Bridge,
  body: unknown,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const { value, problems } = checkSyncRequest(body);
  if (value === undefined) throw new HttpProblem(400, { detail: 'The body is not a valid sync request. See problems.', problems });
  refuseUnallowed(value, bridge.settings);
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

/** Whoever holds a function key may do only what the operator allows. */
function refuseUnallowed(request: SyncRequest, { adHoc, jobs }: Bridge['settings']): void {
  const problems = judgeAdHoc(request, adHoc, jobs);
  if (problems.length === 0) return;
  throw new HttpProblem(403, {
    detail:
      'The operator of the app does not allow this to ad hoc runs. Each problem names the setting: change that, or start a configured job. Where BRIDGE_ALLOWED_SOURCES, BRIDGE_ALLOWED_DESTINATIONS and BRIDGE_ALLOWED_LOCATIONS are not set, the locations of the configured jobs are allowed.',
    problems,
  });
}
