import { app } from '@azure/functions';
import * as df from 'durable-functions';

const attempts = new Map();
const gates = new Map();

df.app.activity('double', { handler: (input) => input.number * 2 });
df.app.activity('say', { handler: (name) => `Hello, ${name}` });
df.app.activity('break', {
  handler: () => {
    throw new Error('it broke');
  },
});
df.app.activity('succeedLater', {
  handler: ({ key, after }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt < after) throw new Error(`attempt ${attempt} broke`);
    return { attempt };
  },
});
/** Ends when as many calls are waiting as `count` says, so that they can only end side by side. */
df.app.activity('meet', {
  handler: ({ key, count }) =>
    new Promise((resolve) => {
      const waiting = [...(gates.get(key) ?? []), resolve];
      gates.set(key, waiting);
      if (waiting.length === count) for (const open of waiting) open('met');
    }),
});

df.app.orchestration('sum', function* (context) {
  const { numbers } = context.df.getInput();
  context.df.setCustomStatus({ numbers: numbers.length });
  const doubled = yield context.df.Task.all(numbers.map((number) => context.df.callActivity('double', { number })));
  return doubled.reduce((total, number) => total + number, 0);
});

df.app.orchestration('greetAll', function* (context) {
  const greetings = [];
  for (const name of context.df.getInput().names) greetings.push(yield context.df.callActivity('say', name));
  return greetings;
});

df.app.orchestration('forgetful', function* (context) {
  context.df.callActivity('succeedLater', { key: 'forgotten', after: 1 });
  const result = yield context.df.callActivity('succeedLater', { key: 'forgotten', after: 1 });
  return result;
});

df.app.orchestration('catching', function* (context) {
  try {
    yield context.df.callActivity('break', {});
    return 'no error';
  } catch (error) {
    return error.message;
  }
});

df.app.orchestration('failing', function* (context) {
  yield context.df.callActivity('break', {});
});

df.app.orchestration('failingFast', function* (context) {
  const { key } = context.df.getInput();
  const waitsForEver = context.df.callActivity('meet', { key, count: 2 });
  try {
    yield context.df.Task.all([waitsForEver, context.df.callActivity('break', {})]);
    return 'no error';
  } catch (error) {
    return error.message;
  }
});

df.app.orchestration('retrying', function* (context) {
  const { key, after, maxAttempts } = context.df.getInput();
  const retry = new df.RetryOptions(1, maxAttempts);
  retry.backoffCoefficient = 2;
  try {
    return yield context.df.callActivityWithRetry('succeedLater', retry, { key, after });
  } catch (error) {
    return error.message;
  }
});

df.app.orchestration('child', function* (context) {
  const { key, after } = context.df.getInput();
  const { attempt } = yield context.df.callActivity('succeedLater', { key, after });
  return { attempt, id: context.df.instanceId, parent: context.df.parentInstanceId };
});

df.app.orchestration('parent', function* (context) {
  const { key, after, maxAttempts } = context.df.getInput();
  const id = `${context.df.instanceId}-child`;
  try {
    return yield context.df.callSubOrchestratorWithRetry('child', new df.RetryOptions(1, maxAttempts), { key, after }, id);
  } catch (error) {
    return error.message;
  }
});

df.app.orchestration('lanes', function* (context) {
  const lanes = ['a', 'b', 'c'].map((name) =>
    context.df.callSubOrchestrator('counting', { to: 5, from: 0 }, `${context.df.instanceId}-${name}`),
  );
  return yield context.df.Task.all(lanes);
});

df.app.orchestration('counting', function* (context) {
  const { from, to } = context.df.getInput();
  context.df.setCustomStatus({ from });
  const { next } = yield context.df.callActivity('next', { from });
  if (next === to) return { counted: next, parent: context.df.parentInstanceId ?? null };
  context.df.continueAsNew({ from: next, to });
});
df.app.activity('next', { handler: ({ from }) => ({ next: from + 1 }) });

df.app.orchestration('waiting', function* (context) {
  context.df.setCustomStatus('waiting');
  return yield context.df.waitForExternalEvent('go');
});

df.app.orchestration('timed', function* (context) {
  const { waitMs } = context.df.getInput();
  const before = context.df.currentUtcDateTime;
  const timer = context.df.createTimer(new Date(before.getTime() + waitMs));
  const event = context.df.waitForExternalEvent('go');
  const first = yield context.df.Task.any([timer, event]);
  if (first === timer) return { by: 'timer', passed: context.df.currentUtcDateTime.getTime() - before.getTime() };
  timer.cancel();
  return { by: 'event', value: event.result };
});

df.app.orchestration('timedGenerations', function* (context) {
  const { left } = context.df.getInput();
  const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30));
  const quick = context.df.callActivity('double', { number: left });
  yield context.df.Task.any([quick, timer]);
  if (!timer.isCompleted) timer.cancel();
  const meanwhile = yield context.df.callActivity('slowly', { number: left });
  if (left === 0) return meanwhile;
  context.df.continueAsNew({ left: left - 1 });
});
df.app.activity('slowly', { handler: ({ number }) => new Promise((resolve) => setTimeout(resolve, 20, { number })) });

df.app.orchestration('meeting', function* (context) {
  return yield context.df.callActivity('meet', context.df.getInput());
});

let busy = 0;
df.app.activity('countBusy', {
  handler: async () => {
    busy += 1;
    const seen = busy;
    await new Promise((resolve) => setTimeout(resolve, 20));
    busy -= 1;
    return seen;
  },
});
df.app.orchestration('crowd', function* (context) {
  const counts = yield context.df.Task.all(Array.from({ length: 10 }, () => context.df.callActivity('countBusy', {})));
  return Math.max(...counts);
});

df.app.orchestration('hanging', function* (context) {
  const done = context.df.callActivity('double', { number: 1 });
  yield done;
  yield context.df.Task.any([done]);
});

app.http('start', {
  authLevel: 'anonymous',
  methods: ['POST'],
  route: 'start/{name}/{id?}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const { name, id } = request.params;
    try {
      const instanceId = await client.startNew(name, { ...(id === undefined ? {} : { instanceId: id }), input: await request.json() });
      return client.createCheckStatusResponse(request, instanceId);
    } catch (error) {
      return { status: 409, body: error.message };
    }
  },
});

/** Calls a method of the durable client: the body is its arguments. */
app.http('client', {
  authLevel: 'anonymous',
  methods: ['POST'],
  route: 'client/{method}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    try {
      return { jsonBody: (await client[request.params.method](...(await request.json()))) ?? null };
    } catch (error) {
      return { status: 404, body: error.message };
    }
  },
});

app.http('run', {
  authLevel: 'anonymous',
  methods: ['POST'],
  route: 'run/{name}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew(request.params.name, { input: await request.json() });
    return await client.waitForCompletionOrCreateCheckStatusResponse(request, id, {
      timeoutInMilliseconds: 20_000,
      retryIntervalInMilliseconds: 20,
    });
  },
});
