import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { installFunctionsCore } from '../../local/host/functions-core.ts';
import { createLineLog } from '../../local/host/log.ts';

/*
 * A program, started by test/engine/host: runs the functions of a built app for it, one for each POST. Tells its address and the functions
 * in one line, and ends with its standard input. node worker.ts DIR
 */

const [appDir = '.'] = process.argv.slice(2);
const core = installFunctionsCore({ log: createLineLog((line) => console.log(line)) });
await core.loadApp(appDir);

const server = createServer(async (request, response) => {
  response.end(JSON.stringify(await answer(await text(request)), fromBytes));
});
// The host keeps its connections.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  console.log(`worker is ready: ${JSON.stringify({ url, functions: core.functions() })}`);
});
process.stdin.resume().once('end', () => void core.terminate().finally(() => process.exit()));

async function answer(call: string): Promise<object> {
  try {
    const { name, inputs, triggerMetadata } = JSON.parse(call, toBytes);
    return await core.invoke(name, inputs, triggerMetadata);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { error: { message, stack } };
  }
}

/** Bytes travel as base64. */
function toBytes(name: string, value: unknown): unknown {
  return name === 'bytes' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}

function fromBytes(name: string, value: unknown): unknown {
  // JSON.stringify asks a Buffer for its JSON form first.
  return name === 'bytes' ? Buffer.from(value as Uint8Array).toString('base64') : value;
}
