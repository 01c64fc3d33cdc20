import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import type { RefusedJob } from '../../config/conflicts/judge-jobs.ts';
import { cutText } from '../../text/outside-text.ts';
import { startAndAnswer } from '../http/answer-started.ts';
import { HttpProblem, withBridge } from '../http/problem.ts';
import { runRequestOf } from '../run-request.ts';

/** `POST /api/jobs/{job}/runs`: starts a configured job. */
export function runJobFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['POST'],
    route: 'jobs/{job}/runs',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async (bridge, request, context) => {
      const name = request.params['job'] ?? '';
      const { jobs, refusedJobs } = bridge.settings;
      const job = jobs.find((candidate) => candidate.name === name);
      const refused = refusedJobs.find((candidate) => candidate.name === name);
      if (job === undefined && refused !== undefined) throw refusedJob(refused);
      if (job === undefined)
        throw new HttpProblem(404, {
          detail: `There is no job ${JSON.stringify(cutText(name, 100))}. GET /api/jobs lists the configured ones.`,
        });
      return startAndAnswer(bridge, runRequestOf(job, bridge.settings), request, context);
    }),
  };
}

function refusedJob({ label, problems }: RefusedJob): HttpProblem {
  return new HttpProblem(409, {
    detail: `${label} is refused. Correct what problems lists in the configured jobs, then restart the app.`,
    problems,
  });
}
