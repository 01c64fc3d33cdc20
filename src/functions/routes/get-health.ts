import type { HttpFunctionOptions } from '@azure/functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';

/** Where a caller with a function key finds what is wrong; the log has it as well. */
const DETAIL = 'The settings of the app are wrong. With a function key, GET /api/doctor lists the problems.';

/** `GET /api/health`: whether the settings are right, and how many problems they have; `degraded` when jobs are refused, which
 * `GET /api/jobs` lists. It needs no key, so it repeats nothing from a setting. It asks no service. */
export function healthFunction({ bridge, problems }: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'health',
    authLevel: 'anonymous',
    handler: async () => {
      if (bridge === undefined)
        return { status: 503, jsonBody: { status: 'misconfigured', problemCount: problems.length, detail: DETAIL } };
      const { identity, jobs, refusedJobs } = bridge.settings;
      const refused = refusedJobs.length > 0 && { refusedJobs: refusedJobs.length };
      return { jsonBody: { status: refused ? 'degraded' : 'ok', identity: identity.mode, jobs: jobs.length, ...refused } };
    },
  };
}
