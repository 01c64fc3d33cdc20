import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { engineOf } from '../durable-engine.ts';
import { existing, runIdOf } from '../http/existing-run.ts';
import { withBridge } from '../http/problem.ts';
import { baseUrlOf } from '../http/request.ts';

/** `GET /api/runs/{id}`: a run as it stands. */
export function getRunFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'runs/{id}',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async ({ runs, view }, request, context) => {
      const record = existing(await runs.find(engineOf(context), runIdOf(request)), request);
      return { jsonBody: await view(record, baseUrlOf(request)) };
    }),
  };
}
