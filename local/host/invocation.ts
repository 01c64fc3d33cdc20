import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, FunctionCallback, FunctionMetadata, InvocationResult, ProgrammingModel } from './core-api.ts';
import type { Log } from './log.ts';
import type { TypedData } from './typed-data.ts';

/** The values of a function's inputs, by the names of their bindings. */
export type InvocationInputs = Readonly<Record<string, TypedData>>;

/** A function as the app registered it. */
export interface Registration {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

interface InvocationOptions {
  readonly model: ProgrammingModel;
  readonly inputs: InvocationInputs;
  readonly triggerMetadata: InvocationInputs;
  /** What all hooks of the app share. */
  readonly appHookData: object;
  runHooks(name: string, context: Record<string, unknown>): Promise<void>;
  readonly log: Log;
}

/** Runs a function once through the library's programming model, with the app's hooks around it; throws what it throws. */
export async function runInvocation({ metadata, callback }: Registration, options: InvocationOptions): Promise<InvocationResult> {
  const { runHooks, appHookData } = options;
  const coreContext = createCoreContext(metadata, options);
  const model = options.model.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  const call = { hookData: {}, appHookData, invocationContext: context, inputs, functionCallback: callback };

  coreContext.state = 'preInvocationHooks';
  await runHooks('preInvocation', call);
  coreContext.state = 'invocation';
  const outcome = await settle(() => model.invokeFunction(context, call.inputs, call.functionCallback));
  coreContext.state = 'postInvocationHooks';
  const ended = { ...call, ...outcome };
  await runHooks('postInvocation', ended);
  coreContext.state = undefined;

  if (ended.error !== null && ended.error !== undefined) throw ended.error;
  return await model.getResponse(context, ended.result);
}

/** What the postInvocation hooks get to see, and may replace. */
interface Outcome {
  readonly result: unknown;
  readonly error: unknown;
}

async function settle(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { result: await call(), error: null };
  } catch (error) {
    return { result: null, error };
  }
}

function createCoreContext(metadata: FunctionMetadata, { inputs, triggerMetadata, log }: InvocationOptions): CoreInvocationContext {
  return {
    invocationId: randomUUID(),
    metadata,
    request: { inputData: Object.entries(inputs).map(([name, data]) => ({ name, data })), triggerMetadata },
    log: (level, _category, message) => log({ level, message, functionName: metadata.name }),
    state: undefined,
  };
}
