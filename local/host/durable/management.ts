import { randomUUID } from 'node:crypto';
import type { HttpEndpoint } from '../http/http.ts';
import { compileRoute } from '../http/route.ts';
import type { HttpRequestData, HttpResponseData } from '../typed-data.ts';
import type { Backend } from './backend.ts';
import { createManagementUrls, MANAGEMENT_PATH } from './client-input.ts';
import { selectInstances } from './instance-filter.ts';
import type { Instance } from './stale-events.ts';
import { describeInstance, isOver, runtimeStatus } from './status.ts';

interface ManagementOptions {
  readonly backend: Backend;
  /** Tells whether the app has an orchestrator function of that name. */
  isOrchestrator(name: string): boolean;
}

type Answer = (request: HttpRequestData) => Promise<HttpResponseData>;

/** The Durable Task extension's HTTP API, as far as the real durable client uses it for orchestrations. */
export function createManagementEndpoints({ backend, isOrchestrator }: ManagementOptions): HttpEndpoint[] {
  async function start(request: HttpRequestData): Promise<HttpResponseData> {
    const { name = '', id = randomUUID().replaceAll('-', '') } = request.params;
    const input = bodyText(request);
    if (!isOrchestrator(name))
      return refusal(400, `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function.`);
    if (!isJson(input)) return refusal(400, NOT_JSON);
    const running = backend.getInstance(id);
    if (running !== undefined && !isOver(running)) {
      return refusal(409, `An Orchestration instance with the status ${runtimeStatus(running)} already exists.`);
    }
    backend.createInstance(id, name, input);
    const { origin, search } = new URL(request.url);
    const urls = createManagementUrls(`${origin}/${MANAGEMENT_PATH}`, id, search.slice(1));
    return json(202, urls, { location: urls['statusQueryGetUri'] ?? '', 'retry-after': '10' });
  }

  /** Wraps what is done to one instance: 404 when there is none. */
  function forInstance(act: (instance: Instance, request: HttpRequestData) => HttpResponseData): Answer {
    return async (request) => {
      const { id = '' } = request.params;
      const instance = backend.getInstance(id);
      return instance === undefined ? refusal(404, `No instance with ID '${id}' found.`) : act(instance, request);
    };
  }

  /** The same for what can be done only until the instance is over: 410 afterwards. */
  function forLiveInstance(act: (id: string, request: HttpRequestData) => void): Answer {
    return forInstance((instance, request) => {
      if (isOver(instance)) return { statusCode: '410' };
      if (!isJson(bodyText(request))) return refusal(400, NOT_JSON);
      act(instance.instanceId, request);
      return { statusCode: '202' };
    });
  }

  const raiseEvent = forLiveInstance((id, request) => backend.raiseEvent(id, request.params['event'] ?? '', bodyText(request)));
  const terminate = forLiveInstance((id, { query }) => backend.terminate(id, JSON.stringify(query['reason'] ?? null)));
  const suspend = forLiveInstance((id) => backend.suspend(id));
  const resume = forLiveInstance((id) => backend.resume(id));
  const rewind: Answer = async () => refusal(501, 'The in-memory engine of the local host does not rewind.');
  const showStatus = forInstance((instance) => json(isOver(instance) ? 200 : 202, describeInstance(instance)));
  const list: Answer = async (request) => json(200, selectInstances(backend, request.query).map(describeInstance));
  const purgeOne = forInstance((instance) => json(200, { instancesDeleted: backend.purge(instance.instanceId) ? 1 : 0 }));
  const purgeMany: Answer = async (request) => {
    const purged = selectInstances(backend, request.query).filter(({ instanceId }) => backend.purge(instanceId));
    return purged.length === 0 ? { statusCode: '404' } : json(200, { instancesDeleted: purged.length });
  };

  return [
    endpoint('POST', 'orchestrators/{name}/{id?}', start),
    endpoint('GET', 'instances', list),
    endpoint('DELETE', 'instances', purgeMany),
    endpoint('GET', 'instances/{id}', showStatus),
    endpoint('DELETE', 'instances/{id}', purgeOne),
    endpoint('POST', 'instances/{id}/raiseEvent/{event}', raiseEvent),
    endpoint('POST', 'instances/{id}/terminate', terminate),
    endpoint('POST', 'instances/{id}/suspend', suspend),
    endpoint('POST', 'instances/{id}/resume', resume),
    endpoint('POST', 'instances/{id}/rewind', rewind),
  ];
}

function endpoint(method: string, route: string, answer: Answer): HttpEndpoint {
  return { name: 'durabletask', method, route: compileRoute(`${MANAGEMENT_PATH}/${route}`), answer };
}

function bodyText({ body }: HttpRequestData): string | undefined {
  const text = Buffer.from(body.bytes ?? []).toString();
  return text === '' ? undefined : text;
}

const NOT_JSON = 'The body must be JSON, or empty.';

function isJson(text: string | undefined): boolean {
  try {
    JSON.parse(text ?? 'null');
    return true;
  } catch {
    return false;
  }
}

function refusal(status: number, message: string): HttpResponseData {
  return json(status, { Message: message });
}

function json(status: number, content: unknown, headers: Record<string, string> = {}): HttpResponseData {
  return {
    statusCode: String(status),
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: { bytes: Buffer.from(JSON.stringify(content)) },
  };
}
