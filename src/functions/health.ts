import type { HttpFunctionOptions } from '@azure/functions';
import type { BridgeOrProblems } from '../bridge.ts';

/** `GET /api/health`: whether the settings are right, and what is wrong with them. It asks no service. */
export function healthFunction({ bridge, problems }: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'health',
    authLevel: 'anonymous',
    handler: async () => {
      if (bridge === undefined) return { status: 503, jsonBody: { status: 'misconfigured', problems } };
      return { jsonBody: { status: 'ok', identity: bridge.settings.identity.mode, jobs: bridge.settings.jobs.length } };
    },
  };
}
