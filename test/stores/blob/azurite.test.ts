import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAzurite } from '../../../local/azurite.ts';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'azurite-'));
});
// An Azurite whose parent was killed may still be saving.
afterEach(() => rm(dataDir, { recursive: true, maxRetries: 10 }));

describe('the local Azurite', () => {
  it('serves blobs, queues and tables on loopback', async () => {
    const azurite = await startAzurite({ dataDir });

    const statuses = await Promise.all(
      [azurite.blobUrl, azurite.queueUrl, azurite.tableUrl].map(async (url) => {
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1$/);
        return (await fetch(url)).status;
      }),
    );
    await azurite.stop();

    for (const status of statuses) expect(status).toBeGreaterThanOrEqual(400);
  });

  it('has its blobs again when it is started again', async () => {
    const first = await startAzurite({ dataDir });
    await createBlobServiceClient(first).getContainerClient('kept').create();
    await createBlobServiceClient(first).getContainerClient('kept').getBlockBlobClient('a').upload('text', 4);
    await first.stop();

    const second = await startAzurite({ dataDir });
    const text = await createBlobServiceClient(second).getContainerClient('kept').getBlobClient('a').downloadToBuffer();
    await second.stop();

    expect(text.toString()).toBe('text');
  });

  it('says what went wrong when it cannot start', async () => {
    const azurite = await startAzurite({ dataDir });
    const port = Number(new URL(azurite.blobUrl).port);

    const failure = await startAzurite({ dataDir: join(dataDir, 'other'), ports: { blob: port, queue: 0, table: 0 } }).catch(
      (error: Error) => error.message,
    );
    await azurite.stop();

    expect(failure).toContain('EADDRINUSE');
  });

  it('ends with its parent, even when that is killed', async () => {
    const { parent, url } = await startInParent();
    parent.kill('SIGKILL');

    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 10_000 }).toBe('gone');
  });

  it('waits for one before it that still saves, and has what that one saved', async () => {
    const { parent } = await startInParent();
    parent.kill('SIGKILL');

    const next = await startAzurite({ dataDir });
    const isKept = await createBlobServiceClient(next).getContainerClient('kept').exists();
    await next.stop();

    expect(isKept).toBe(true);
  });
});

/** An Azurite with a container `kept`, started by a process of its own. */
async function startInParent() {
  const modules = ['../../../local/azurite.ts', '../../../src/stores/blob/blob-clients.ts'].map((path) => import.meta.resolve(path));
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT, ...modules, dataDir]);
  const [url] = await once(createInterface({ input: parent.stdout }), 'line');
  return { parent, url };
}

const PARENT = `
  const { startAzurite } = await import(process.argv[1]);
  const { createBlobServiceClient } = await import(process.argv[2]);
  const azurite = await startAzurite({ dataDir: process.argv[3] });
  await createBlobServiceClient(azurite).getContainerClient('kept').create();
  console.log(azurite.blobUrl);
`;
