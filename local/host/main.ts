import { parseArgs } from 'node:util';
import { trustExtraCertificates } from '../../src/cli/load-settings.ts';
import { readLocalSettings } from './app-settings.ts';
import { describeFunctions } from './function-table.ts';
import { installFunctionsCore } from './functions-core.ts';
import { type Host, startHost } from './host.ts';
import { readHostJson } from './host-json.ts';
import { createLineLog, describeError } from './log.ts';

/*
 * Runs a built Azure Functions app on this machine, where Azure Functions Core Tools are not there:
 * node local/host/main.ts --app DIR [--port N] [--parent-stdin]
 */

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: '.' },
    port: { type: 'string', default: '7071' },
    'parent-stdin': { type: 'boolean', default: false },
  },
});

const log = createLineLog((line) => console.log(line));

async function start(appDir: string, port: number): Promise<void> {
  for (const [name, value] of Object.entries(readLocalSettings(appDir))) process.env[name] ??= value;
  trustExtraCertificates(process.env['NODE_EXTRA_CA_CERTS']);
  const hostJson = readHostJson(appDir);
  const core = installFunctionsCore({ log });
  await core.loadApp(appDir);
  const host = await startHost({ core, hostJson, settings: process.env, log, port });
  // The durable client takes an unset name for a host on another port.
  process.env['WEBSITE_HOSTNAME'] ??= new URL(host.url).host;
  // Before anyone can know that it is there, and end it.
  stopOn(host);
  console.log(`Listening on ${host.url}`);
  for (const line of describeFunctions(host.functions, hostJson.routePrefix)) console.log(line);
}

function stopOn(host: Host): void {
  const stop = () => {
    host.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // The parent holds the other end, so this one ends with it, however it dies.
  if (values['parent-stdin']) process.stdin.resume().once('end', stop).once('error', stop);
}

function fail(error: unknown): void {
  console.error(describeError(error));
  process.exit(1);
}

// A promise that the app forgot must not take the host down: Core Tools would start the worker again.
process.on('unhandledRejection', (error) =>
  log({ level: 'error', message: `A rejected promise was not handled: ${describeError(error)}` }),
);
await start(values.app, Number(values.port)).catch(fail);
