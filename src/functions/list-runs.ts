import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../bridge.ts';
import { engineOf } from './durable-engine.ts';
import { withBridge } from './problem.ts';
import { baseUrlOf, wholeNumber } from './request.ts';

/** `GET /api/runs?job=&limit=`: runs, newest first. */
export function listRunsFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'runs',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async ({ runs, view }, request, context) => {
      const limit = wholeNumber(request, 'limit', { min: 1, max: 100, preset: 20 });
      const job = request.query.get('job');
      const records = await runs.list(engineOf(context), { limit, ...(job !== null && { job }) });
      return { jsonBody: { runs: await Promise.all(records.map((record) => view(record, baseUrlOf(request)))) } };
    }),
  };
}
