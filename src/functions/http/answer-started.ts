import { setTimeout as wait } from 'node:timers/promises';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Bridge } from '../../app/bridge.ts';
import { isFederationError } from '../../federation/federation-error.ts';
import { isOver, type RunRecord, type RunRequest } from '../../runs/record.ts';
import { RunConflictError } from '../../runs/runs.ts';
import { engineOf } from '../durable-engine.ts';
import { HttpProblem } from './problem.ts';
import { baseUrlOf, wholeNumber } from './request.ts';

/** Azure ends an HTTP request after 230 s. */
const WAIT_SECONDS = { min: 0, max: 200, preset: 0 };
const POLL_MS = 500;

/** Starts a run and answers 202 at once, or with `?wait=SECONDS` 200 and the ended run if it ends in time. */
export async function startAndAnswer(
  bridge: Bridge,
  runRequest: RunRequest,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const waitSeconds = wholeNumber(request, 'wait', WAIT_SECONDS);
  const until = Date.now() + waitSeconds * 1_000;
  const started = await start(bridge, runRequest, request, context);
  const record = await untilOver(bridge, started, context, until);
  const view = await bridge.view(record, baseUrlOf(request));
  if (isOver(record.state)) return { status: 200, jsonBody: view };
  return { status: 202, headers: { location: view.links.self, 'retry-after': '2' }, jsonBody: view };
}

async function start({ runs }: Bridge, runRequest: RunRequest, request: HttpRequest, context: InvocationContext): Promise<RunRecord> {
  try {
    return await runs.start(engineOf(context), runRequest, 'http');
  } catch (error) {
    if (isFederationError(error, 'invalid-session-policy')) throw new HttpProblem(400, { detail: error.message });
    if (!(error instanceof RunConflictError)) throw error;
    const location = `${baseUrlOf(request)}/runs/${error.runId}`;
    throw new HttpProblem(409, { detail: error.message, headers: { location }, members: { run: { id: error.runId, url: location } } });
  }
}

/** The notification of an ended run is part of its answer, if it is sent in time. */
async function untilOver({ runs, settings }: Bridge, started: RunRecord, context: InvocationContext, until: number): Promise<RunRecord> {
  const engine = engineOf(context);
  let record = started;
  const isTold = ({ notification }: RunRecord) => settings.webhook === undefined || notification !== undefined;
  while (Date.now() < until && !(isOver(record.state) && isTold(record))) {
    await wait(POLL_MS);
    record = (await runs.find(engine, started.id)) ?? record;
  }
  return record;
}
