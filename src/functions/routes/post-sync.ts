import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { withBridge } from '../http/problem.ts';
import { jsonBody } from '../http/request.ts';
import { startAdHoc } from '../http/start-ad-hoc.ts';

/** `POST /api/sync`: starts an ad hoc run between two allowed locations. */
export function syncFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['POST'],
    route: 'sync',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async (bridge, request, context) => startAdHoc(bridge, await jsonBody(request), request, context)),
  };
}
