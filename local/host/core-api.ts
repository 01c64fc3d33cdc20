import { registerHooks } from 'node:module';
import type { LogLevel } from './log.ts';
import type { TypedData } from './typed-data.ts';

/*
 * The private API between `@azure/functions` and the worker that runs it: what the library asks of `@azure/functions-core`, a module
 * that exists only inside a worker, and what it offers in return. Only what we use is described.
 */

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [option: string]: unknown;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

export type HookCallback = (context: Record<string, unknown>) => unknown;

/** What the library registers as its side of the bargain. */
export interface ProgrammingModel {
  getCapabilities(capabilities: Record<string, string>): Promise<unknown>;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
}

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  };
  log(level: LogLevel, category: string, message: string): void;
  /** The library warns about logging from a function that is over, unless a hook is running: it reads this to know. */
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResult>;
}

/** What a function answered, in the host's terms. */
export interface InvocationResult {
  readonly returnValue?: TypedData | null;
}

/** Who keeps what the app registers. Each of the first two returns how to undo it. */
export interface CoreHost {
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): () => void;
  registerHook(name: string, callback: HookCallback): () => void;
  log(level: LogLevel, message: string): void;
}

class Disposable {
  readonly dispose: () => void;

  constructor(dispose: () => void = () => {}) {
    this.dispose = dispose;
  }
}

/** The library asks once per process and keeps the answer, so the answer stays and its host changes. */
interface Connection {
  host: CoreHost;
  model?: ProgrammingModel;
}

const MODULE = '@azure/functions-core';
const URL_OF_MODULE = `functions-core:${MODULE}`;
const KEY = Symbol.for(MODULE);

// On the global object, since the loader's answer must find it, and a test runner may load this file more than once.
const shared = globalThis as { [KEY]?: ReturnType<typeof createApi> };

function createApi(connection: Connection) {
  return {
    connection,
    version: '3.14.1',
    hostVersion: '4.1052.200',
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      new Disposable(connection.host.registerFunction(metadata, callback)),
    registerHook: (name: string, callback: HookCallback) => new Disposable(connection.host.registerHook(name, callback)),
    setProgrammingModel: (model: ProgrammingModel) => {
      connection.model = model;
    },
    getProgrammingModel: () => connection.model,
    log: (level: LogLevel, _category: string, message: string) => connection.host.log(level, message),
  };
}

function answerRequire(): void {
  const source = `module.exports = globalThis[Symbol.for(${JSON.stringify(MODULE)})];`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === MODULE ? { url: URL_OF_MODULE, format: 'commonjs', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => (url === URL_OF_MODULE ? { format: 'commonjs', source, shortCircuit: true } : next(url, context)),
  });
}

/**
 * Makes `require('@azure/functions-core')` answer, in this whole process, and `host` the one that is asked from now on. The result tells
 * the programming model that the library registered; it throws when no app has loaded the library.
 */
export function connectHost(host: CoreHost): () => ProgrammingModel {
  const api = shared[KEY] ?? createApi({ host });
  if (shared[KEY] === undefined) {
    shared[KEY] = api;
    answerRequire();
  }
  api.connection.host = host;
  return () => {
    const { model } = api.connection;
    if (model === undefined) throw new Error('The app has not loaded @azure/functions: it registered nothing. Check its entry file.');
    return model;
  };
}
