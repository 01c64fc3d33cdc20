import { app } from '@azure/functions';

const seen = [];

app.hook.appStart(() => seen.push('appStart'));
app.hook.appTerminate(() => console.log('The fixture says goodbye.'));
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.hookData.started = 'before';
  context.inputs[0].params.name = 'replaced';
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.invocationContext.log(`logged by a hook after ${context.hookData.started}`);
  context.result = { jsonBody: { ...context.result.jsonBody, hook: context.hookData.started, seen } };
});

app.http('hooked', {
  authLevel: 'anonymous',
  route: 'hooked/{name}',
  handler: (request, context) => {
    context.log(`logged by\nthe function`);
    return { jsonBody: { name: request.params.name } };
  },
});
