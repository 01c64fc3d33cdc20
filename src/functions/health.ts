import type { HttpFunctionOptions } from '@azure/functions';
import type { BridgeOrProblems } from '../bridge.ts';

/** `GET /api/health`: whether the settings are right, and what is wrong with them; `degraded` when jobs are refused, which
 * `GET /api/jobs` tells of. It asks no service. */
export function healthFunction({ bridge, problems }: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'health',
    authLevel: 'anonymous',
    handler: async () => {
      if (bridge === undefined) return { status: 503, jsonBody: { status: 'misconfigured', problems } };
      const { identity, jobs, refusedJobs } = bridge.settings;
      const refused = refusedJobs.length > 0 && { refusedJobs: refusedJobs.length };
      return { jsonBody: { status: refused ? 'degraded' : 'ok', identity: identity.mode, jobs: jobs.length, ...refused } };
    },
  };
}
