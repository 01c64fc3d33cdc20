import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const url = (file: string) => JSON.stringify(new URL(file, `file://${ROOT}/`).href);

/** A worker with an app whose one function answers when the shutdown begins. It prints what it does. `then` is done once the function is called. */
function startWorker(then: string) {
  const code = `
    import { installFunctionsCore } from ${url('local/host/functions-core.ts')};
    import { handWorkBack } from ${url('src/functions/hooks/hand-work-back.ts')};
    import { createShutdown } from ${url('src/runs/attempt/shutdown.ts')};
    const core = installFunctionsCore({ log: () => undefined });
    const shutdown = createShutdown(100);
    const called = Promise.withResolvers();
    const work = () => { called.resolve(); return new Promise((done) => void shutdown.onBreakOff(done)); };
    await core.load(async () => {
      const { app } = await import('@azure/functions');
      app.timer('work', { schedule: '0 * * * * *', handler: work });
      handWorkBack(shutdown);
    });
    const timer = core.functions()[0].trigger.name;
    setInterval(() => undefined, 1000);
    void core.invoke('work', { [timer]: { json: '{}' } }).then(() => console.log('answered'));
    await called.promise;
    ${then}
    console.log('ready');`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT });
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

describe('a worker with work under way', () => {
  it('ends by SIGTERM, as the signal wants it, but only when the work has been answered', async () => {
    const worker = startWorker('');
    const ended = once(worker, 'exit');
    worker.stdout.once('data', () => worker.kill('SIGTERM'));

    const output = await textOf(worker.stdout);

    expect(output).toContain('answered');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('leaves its end to whoever else waits for SIGTERM', async () => {
    const worker = startWorker(`process.once('SIGTERM', () => setTimeout(() => process.exit(7), 1000));`);
    const ended = once(worker, 'exit');
    worker.stdout.once('data', () => worker.kill('SIGTERM'));

    const output = await textOf(worker.stdout);

    expect(output).toContain('answered');
    expect(await ended).toEqual([7, null]);
  });

  it('has answered it when the host has asked it to end', async () => {
    const worker = startWorker(`void core.terminate().then(() => { console.log('terminated'); process.exit(); });`);

    const output = await textOf(worker.stdout);

    expect(output.split('\n').filter((line) => line.endsWith('ed'))).toEqual(['answered', 'terminated']);
  });
});
