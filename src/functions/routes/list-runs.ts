import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { type DamagedDocumentError, unlessDamaged } from '../../runs/damaged-document.ts';
import { engineOf } from '../durable-engine.ts';
import { withBridge } from '../http/problem.ts';
import { baseUrlOf, wholeNumber } from '../http/request.ts';

/** `GET /api/runs?job=&limit=`: runs, newest first. What cannot be shown since its records are damaged is in `problems`. */
export function listRunsFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'runs',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async ({ runs, view }, request, context) => {
      const limit = wholeNumber(request, 'limit', { min: 1, max: 100, preset: 20 });
      const job = request.query.get('job');
      const problems: string[] = [];
      const onDamaged = ({ message }: DamagedDocumentError) => void problems.push(message);
      const records = await runs.list(engineOf(context), { limit, onDamaged, ...(job !== null && { job }) });
      const views = await Promise.all(records.map((record) => view(record, baseUrlOf(request)).catch(unlessDamaged(onDamaged))));
      for (const problem of problems) context.error(`Error: a run cannot be shown: ${problem}`);
      return { jsonBody: { runs: views.filter((run) => run !== undefined), ...(problems.length > 0 && { problems }) } };
    }),
  };
}
