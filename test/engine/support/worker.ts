import { subscribe } from 'node:diagnostics_channel';
import { unlinkSync } from 'node:fs';
import { type ClientRequest, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { installFunctionsCore } from '../../../local/host/functions-core.ts';
import { createLineLog } from '../../../local/host/log.ts';
import { type Call, openJournal } from './journal.ts';
import { JOURNAL_SETTING, TRAP_SETTING, WORKER_HEADER } from './worker-settings.ts';

/*
 * A program, started by test/engine/host: runs the functions of a built app for it, one for each POST. Tells its address and the functions
 * in one line, and ends with its standard input. node worker.ts DIR
 *
 * For the tests it keeps a journal, names itself in each request that it sends, and kills itself in the middle of a replay where a trap is set.
 */

const [appDir = '.'] = process.argv.slice(2);
const { [JOURNAL_SETTING]: journalDir = '.', [TRAP_SETTING]: trap = '' } = process.env;
const core = installFunctionsCore({ log: createLineLog((line) => console.log(line)) });
await core.loadApp(appDir);
const journal = openJournal(journalDir);
const triggerTypes = new Map(core.functions().map(({ name, trigger }) => [name, trigger.type]));

subscribe('http.client.request.created', (message) => {
  (message as { readonly request: ClientRequest }).request.setHeader(WORKER_HEADER, process.pid);
});
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

async function answer(body: string): Promise<object> {
  const call: Call = JSON.parse(body, toBytes);
  const kind = triggerTypes.get(call.name);
  if (kind !== 'orchestrationTrigger' && kind !== 'activityTrigger') return await run(call);
  const enterAnswer = journal.enter(kind, call);
  if (kind === 'orchestrationTrigger') dieInTrap();
  const answer = await run(call);
  enterAnswer(answer);
  return answer;
}

/** A trap is a file. Of all workers that come upon it, one takes it away and dies. */
function dieInTrap(): void {
  try {
    unlinkSync(trap);
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

async function run({ name, inputs, triggerMetadata }: Call): Promise<object> {
  try {
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
