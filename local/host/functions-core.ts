import { connectHost, type FunctionMetadata, type HookCallback, type InvocationResult } from './core-api.ts';
import { importApp } from './import-app.ts';
import { type InvocationInputs, type Registration, runInvocation } from './invocation.ts';
import type { Log } from './log.ts';

/** A function that the app registered. */
export interface RegisteredFunction {
  readonly name: string;
  readonly trigger: FunctionTrigger;
  /** Names of its durable client inputs. */
  readonly durableClients: readonly string[];
}

/** A trigger binding: its name, its type, such as `httpTrigger`, and that type's options. */
interface FunctionTrigger {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Stands where the Node.js worker of Azure Functions stands: between the app's libraries and whatever hosts them. */
export interface FunctionsCore {
  /** Imports the entry files that `main` of the folder's package.json names, then starts the app. */
  loadApp(appDir: string): Promise<void>;
  /** The same for an app that `register` loads. Functions can be registered until it is done. */
  load(register: () => Promise<unknown>): Promise<void>;
  functions(): readonly RegisteredFunction[];
  /** Runs a function with the app's hooks around it; throws what it throws. */
  invoke(name: string, inputs: InvocationInputs, triggerMetadata?: InvocationInputs): Promise<InvocationResult>;
  /** Runs the app's `appTerminate` hooks. */
  terminate(): Promise<void>;
}

const HOOKS = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation'];

/**
 * Answers the libraries' `require('@azure/functions-core')` in this process, for the app that is loaded through the result. A later call
 * takes over: one process runs one app at a time.
 */
export function installFunctionsCore({ log }: { readonly log: Log }): FunctionsCore {
  const registrations = new Map<string, Registration>();
  const hooks = new Map(HOOKS.map((name) => [name, new Set<HookCallback>()]));
  const appHookData = {};
  let isStarted = false;

  const programmingModel = connectHost({
    registerFunction(metadata, callback) {
      const { name } = metadata;
      if (isStarted) throw new Error(`Function "${name}" comes too late: functions can only be registered during app startup.`);
      if (registrations.has(name)) throw new Error(`A function named "${name}" has been registered already. Rename one of them.`);
      registrations.set(name, { metadata, callback });
      return () => registrations.delete(name);
    },
    registerHook(name, callback) {
      const callbacks = hooks.get(name);
      if (callbacks === undefined) throw new Error(`The local host has no hook "${name}", only ${HOOKS.join(', ')}.`);
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    log: (level, message) => log({ level, message }),
  });

  async function runHooks(name: string, context: Record<string, unknown>): Promise<void> {
    for (const hook of hooks.get(name) ?? []) await hook(context);
  }

  async function load(register: () => Promise<unknown>): Promise<void> {
    await register();
    await runHooks('appStart', { hookData: appHookData, appHookData });
    await programmingModel().getCapabilities({});
    isStarted = true;
  }

  async function invoke(name: string, inputs: InvocationInputs, triggerMetadata: InvocationInputs = {}): Promise<InvocationResult> {
    const registration = registrations.get(name);
    if (registration === undefined) throw new Error(`The app has no function named "${name}".`);
    return await runInvocation(registration, { model: programmingModel(), inputs, triggerMetadata, appHookData, runHooks, log });
  }

  return {
    load,
    loadApp: (appDir) => load(() => importApp(appDir)),
    functions: () => [...registrations.values()].map(({ metadata }) => describeFunction(metadata)),
    invoke,
    terminate: () => runHooks('appTerminate', { hookData: appHookData, appHookData }),
  };
}

function describeFunction({ name, bindings }: FunctionMetadata): RegisteredFunction {
  const named = Object.entries(bindings);
  const trigger = named.find(([, binding]) => binding.type.endsWith('Trigger'));
  if (trigger === undefined) throw new Error(`Function "${name}" has no trigger.`);
  const durableClients = named.filter(([, binding]) => binding.type === 'durableClient').map(([binding]) => binding);
  return { name, trigger: { name: trigger[0], type: trigger[1].type, options: trigger[1] }, durableClients };
}
