import { setTimeout as delay } from 'node:timers/promises';
import { type AppSettings, isFunctionDisabled, resolveSettings } from './app-settings.ts';
import type { Backend } from './durable/backend.ts';
import { createClientInput } from './durable/client-input.ts';
import { startDurable } from './durable/durable.ts';
import type { FunctionsCore, RegisteredFunction } from './functions-core.ts';
import type { HostJson } from './host-json.ts';
import { startHttpFront } from './http/http.ts';
import { createHttpEndpoints } from './http/http-functions.ts';
import { describeError, type Log } from './log.ts';
import { startTimers } from './timers/timers.ts';
import type { TypedData } from './typed-data.ts';

export interface HostOptions {
  /** An app that is loaded. */
  readonly core: FunctionsCore;
  readonly hostJson: HostJson;
  readonly settings: AppSettings;
  readonly log: Log;
  /** 0 means any free port. */
  readonly port: number;
  /** When given, functions whose `authLevel` is not `anonymous` want this key. */
  readonly functionKey?: string | undefined;
}

/** An app that is served: HTTP, timers and orchestrations. */
export interface Host {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The functions that are switched on. */
  readonly functions: readonly RegisteredFunction[];
  /** The engine's instances. */
  readonly backend: Backend;
  /** Runs a timer function now; rejects with what it throws. */
  invokeTimer(name: string): Promise<void>;
  /** Stops serving, then runs the app's `appTerminate` hooks, for which it waits no longer than the real host. */
  stop(): Promise<void>;
}

const TERMINATE_TIMEOUT_MS = 5_000;

/** Serves a loaded app on loopback. A function that throws is logged; the host stays up. */
export async function startHost({ core, hostJson, settings, log, port, functionKey }: HostOptions): Promise<Host> {
  const functions = core.functions().filter(({ name }) => !isFunctionDisabled(name, settings));
  const hubName = resolveSettings(hostJson.hubName, settings);
  let url = '';

  const logFailure = (error: unknown, name: string) =>
    log({ level: 'error', message: `failed: ${describeError(error)}`, functionName: name });

  async function invoke({ name, trigger, durableClients }: RegisteredFunction, data: TypedData): Promise<TypedData | null | undefined> {
    const clients = durableClients.map((binding) => [binding, { string: createClientInput(url, hubName) }]);
    const { returnValue } = await core.invoke(name, { [trigger.name]: data, ...Object.fromEntries(clients) });
    return returnValue;
  }

  const durable = startDurable({ core, functions, maxConcurrentActivities: hostJson.maxConcurrentActivities, onError: logFailure });
  const endpoints = [...createHttpEndpoints(functions, { routePrefix: hostJson.routePrefix, functionKey, invoke }), ...durable.endpoints];
  const front = await startHttpFront({ port, endpoints, onError: logFailure }).catch(async (error: unknown) => {
    await durable.stop();
    throw error;
  });
  url = `http://127.0.0.1:${front.port}`;
  const timers = startTimers(functions, { settings, invoke, onError: logFailure });

  return {
    url,
    functions,
    backend: durable.backend,
    invokeTimer: (name) => timers.invoke(name),
    async stop() {
      timers.stop();
      await front.stop();
      await durable.stop();
      await Promise.race([core.terminate(), delay(TERMINATE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}
