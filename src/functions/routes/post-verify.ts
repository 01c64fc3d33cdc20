import type { HttpFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { withBridge } from '../http/problem.ts';
import { jsonBody } from '../http/request.ts';
import { startAdHoc } from '../http/start-ad-hoc.ts';

/** `POST /api/verify`: starts an audit of two allowed locations; the body is that of `POST /api/sync`. */
export function verifyFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['POST'],
    route: 'verify',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async (bridge, request, context) => startAdHoc(bridge, asAudit(await jsonBody(request)), request, context)),
  };
}

/** Problems of the body are found later. */
function asAudit(body: unknown): unknown {
  if (!isObject(body)) return body;
  const { options = {} } = body;
  if (!isObject(options)) return body;
  // Anything else than a boolean would ask for something, and is to be refused like any unknown option.
  const { verify = true } = options;
  return { ...body, options: { ...options, verify: typeof verify === 'boolean' ? true : verify } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
