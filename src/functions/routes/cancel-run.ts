import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { isOver } from '../../runs/record.ts';
import { engineOf } from '../durable-engine.ts';
import { existing, runIdOf } from '../http/existing-run.ts';
import { HttpProblem, withBridge } from '../http/problem.ts';
import { baseUrlOf } from '../http/request.ts';

/** `POST /api/runs/{id}/cancel`: asks a run to stop. It ends within seconds; what is copied stays. */
export function cancelRunFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['POST'],
    route: 'runs/{id}/cancel',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async ({ runs, view }, request, context) => {
      const record = existing(await runs.cancel(engineOf(context), runIdOf(request)), request);
      if (isOver(record.state) && record.state !== 'cancelled') {
        throw new HttpProblem(409, { detail: `Run ${record.id} has ended already: ${record.state}. There is nothing to cancel.` });
      }
      return { status: 202, jsonBody: await view(record, baseUrlOf(request)) };
    }),
  };
}
