import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../bridge.ts';
import { checkSyncRequest, type SyncRequest } from '../jobs.ts';
import { contains, formatLocation, type Location } from '../locations.ts';
import { startAndAnswer } from './answer-started.ts';
import { HttpProblem, withBridge } from './problem.ts';
import { jsonBody } from './request.ts';
import { runRequestOf } from './run-request.ts';

/** `POST /api/sync`: starts an ad hoc run between two allowed locations. */
export function syncFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['POST'],
    route: 'sync',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async (bridge, request, context) => {
      const { value, problems } = checkSyncRequest(await jsonBody(request));
      if (value === undefined) throw new HttpProblem(400, { detail: 'The body is not a valid sync request. See problems.', problems });
      refuseForeign(value, bridge.settings.allowedLocations);
      return startAndAnswer(bridge, runRequestOf(value), request, context);
    }),
  };
}

/** Whoever holds a function key may use only the locations that the operator has named. */
function refuseForeign({ source, destination, reportTo }: SyncRequest, allowed: readonly Location[]): void {
  const named = [source, destination, ...(reportTo ? [reportTo] : [])];
  const foreign = named.filter((location) => !allowed.some((outer) => contains(outer, location)));
  if (foreign.length === 0) return;
  throw new HttpProblem(403, {
    detail:
      'An ad hoc run may use only the locations in BRIDGE_ALLOWED_LOCATIONS (when that is not set, those of the configured jobs). Add the missing ones to that setting, or start a configured job.',
    problems: foreign.map((location) => `${formatLocation(location)} is not allowed`),
  });
}
