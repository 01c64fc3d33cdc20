import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ListMultipartUploadsCommand, type MultipartUpload } from '@aws-sdk/client-s3';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { type AppProcess, startApp } from '../../local/demo/app-process.ts';
import { buildApp } from '../../local/demo/build-app.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { holdParts } from '../support/stores/hold-parts.ts';
import { contentsOf, getObject, putObject } from '../support/stores/store-objects.ts';
import { startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../support/bridge/local-machine.ts', import.meta.url));
const SMALL_OBJECTS = 200;
const PATIENCE = { timeout: 30_000, interval: 100 };

/** The least that BRIDGE_LARGE_OBJECT_MIB can be. */
const LARGE_MIB = 16;
const PARTS = 4;
const LARGE_BYTES = (PARTS - 1) * PART_BYTES + 1;
const PARTS_BEFORE = 2;
/** The supervisor looks each minute, and leaves a run half a minute to be started. */
const SUPERVISED = { timeout: 150_000, interval: 500 };

/** Both sides of the sync and the app between them, in processes that end with one. */
interface Machine {
  readonly appUrl: string;
  /** Where its servers listen. */
  readonly urls: readonly string[];
  readonly source: Store;
  readonly destination: Store;
  /** What asks the app for the sync. */
  readonly body: string;
  /** Ends its main process at once; the others must follow by themselves. */
  kill(): Promise<void>;
}

let dataDir: string;
const started: Machine[] = [];

beforeAll(() => buildApp(ROOT));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-kill-'));
});
afterEach(async () => {
  // Azurite saves what it holds before it follows the machine.
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

describe('the whole machine, killed in the middle of a run', { timeout: 120_000 }, () => {
  afterEach(async () => {
    for (const machine of started.splice(0)) await machine.kill();
  });

  it('leaves whole objects and no process, and a new run completes the work', async () => {
    const first = await startMachine({ delayMs: 400 });
    const originals = await seed(first.source);
    await fetch(`${first.appUrl}/api/sync`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: first.body });
    await vi.waitFor(async () => expect((await contentsOf(first.destination)).size).toBeGreaterThan(SMALL_OBJECTS / 10), PATIENCE);

    await first.kill();

    await vi.waitFor(async () => expect([...(await stillAnswering(first.urls)), ...processesOn(dataDir)]).toEqual([]), PATIENCE);
    const second = await startMachine({ delayMs: 0 });
    const left = await contentsOf(second.destination);
    expect(left.size).toBeGreaterThan(0);
    expect(left.size).toBeLessThan(originals.size);
    expect([...left].filter(([key, bytes]) => !originals.get(key)?.equals(bytes))).toEqual([]);

    const answer = await fetch(`${second.appUrl}/api/sync?wait=100`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: second.body,
    });

    const run = (await answer.json()) as RunView;
    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: originals.size, unchanged: left.size } });
    expect(sorted(await contentsOf(second.destination))).toEqual(sorted(originals));
  });
});

describe('the app, killed in the middle of large objects', { timeout: 240_000 }, () => {
  let two: TwoClouds;
  let app: AppProcess | undefined;

  beforeAll(async () => {
    two = await startTwoClouds();
  });
  afterAll(async () => {
    await app?.stop();
    await two.stop();
  });

  it('goes on by itself once it is started again, and uploads no part twice', async () => {
    const ways = [
      { from: two.blob, to: two.s3, prefix: 'there/', bytes: randomBytes(LARGE_BYTES) },
      { from: two.s3, to: two.blob, prefix: 'back/', bytes: randomBytes(LARGE_BYTES) },
    ];
    const held = ways.map(({ to }) => holdParts(to.proxy, 'large', PARTS_BEFORE));
    const first = await startBetween(two);
    app = first;
    const runs: RunView[] = [];
    for (const { from, to, prefix, bytes } of ways) {
      await putObject(from.openBehindProxy(prefix), 'large', bytes);
      runs.push(await startSync(first, from.location(prefix), to.location(prefix)));
    }
    await vi.waitFor(() => expect(held.map(({ taken }) => taken.length)).toEqual([PARTS_BEFORE, PARTS_BEFORE]), PATIENCE);

    first.process.kill('SIGKILL');

    await once(first.process, 'exit');
    for (const { release } of held) release();
    app = await startBetween(two);
    for (const { to, prefix, bytes } of ways) {
      const copy = await vi.waitFor(() => getObject(to.openBehindProxy(prefix), 'large'), SUPERVISED);
      expect(copy.equals(bytes)).toBe(true);
    }
    expect(held.map(({ taken }) => [taken.length, new Set(taken).size])).toEqual([
      [PARTS, PARTS],
      [PARTS, PARTS],
    ]);
    expect(await openUploads(two)).toEqual([]);
    for (const { id } of runs) {
      const ended = await untilEnded(app, id);
      expect(ended).toMatchObject({ state: 'succeeded', attempt: 2, counts: { listed: 1, copied: 1 }, interruptions: [{ attempt: 1 }] });
    }
  });
});

/** The app in a process of its own, with both clouds behind their proxies. */
function startBetween({ clouds, blob, s3 }: TwoClouds): Promise<AppProcess> {
  const settings = {
    ...clouds.appSettings('federated-app'),
    AzureWebJobsStorage: clouds.azurite.connectionString.replace(new URL(clouds.azurite.blobUrl).origin, blob.proxy.url),
    AWS_ENDPOINT_URL_S3: s3.proxy.url,
    BRIDGE_ALLOWED_LOCATIONS: `${s3.location('')} ${blob.location('')}`,
    BRIDGE_LARGE_OBJECT_MIB: String(LARGE_MIB),
  };
  return startApp({ appDir: ROOT, settings, port: 0, logPath: join(dataDir, 'app.log') });
}

async function startSync({ url }: AppProcess, source: string, destination: string): Promise<RunView> {
  const answer = await fetch(`${url}/api/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source, destination }),
  });
  expect(answer.status).toBe(202);
  return (await answer.json()) as RunView;
}

async function untilEnded({ url }: AppProcess, id: string): Promise<RunView> {
  return vi.waitFor(async () => {
    const run = (await (await fetch(`${url}/api/runs/${id}`)).json()) as RunView;
    expect(run.phase).toBe('ended');
    return run;
  }, PATIENCE);
}

/** What S3 keeps of uploads that are neither committed nor aborted. */
async function openUploads({ clouds: { aws, roleArn }, createS3Client }: TwoClouds): Promise<readonly MultipartUpload[]> {
  const client = createS3Client(aws.issueSession({ roleArn, expiresInSeconds: 3_600 }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  return Uploads;
}

async function startMachine({ delayMs }: { readonly delayMs: number }): Promise<Machine> {
  const child = spawn(process.execPath, [PROGRAM, '--app', ROOT, '--data', dataDir, '--delay-ms', String(delayMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { appUrl, awsUrl, region, session, blobUrl, connectionString } = JSON.parse(line);
  const credentials = { ...session, expiration: new Date(session.expiration) };
  const client = createS3Client({ region, endpoint: awsUrl, forcePathStyle: true, checksums: 'when-supported', credentials });
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('samples');
  await container.createIfNotExists();
  const machine: Machine = {
    appUrl,
    urls: [appUrl, awsUrl, blobUrl],
    source: createBlobStore({ container, prefix: '' }),
    destination: createS3Store({ client, bucket: BUCKET, prefix: '' }),
    body: JSON.stringify({ source: `${blobUrl}/samples/`, destination: `s3://${BUCKET}/`, options: { concurrency: 8 } }),
    async kill() {
      client.destroy();
      if (child.signalCode !== null || child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
  started.push(machine);
  return machine;
}

async function seed(store: Store): Promise<Map<string, Buffer>> {
  const objects = new Map(Array.from({ length: SMALL_OBJECTS }, (_, n) => [`small/${n}`, randomBytes(1_000 + n)]));
  objects.set('large', randomBytes(3 * PART_BYTES + 1));
  await Promise.all([...objects].map(([key, bytes]) => putObject(store, key, bytes)));
  return objects;
}

async function stillAnswering(urls: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)));
  return urls.filter((_, n) => answers[n] !== undefined);
}

/** Command lines that name the folder: Azurite stops listening some time before it has saved everything and ends. */
function processesOn(folder: string): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(folder));
}

function sorted(contents: ReadonlyMap<string, Buffer>): [string, string][] {
  return [...contents].map(([key, bytes]): [string, string] => [key, bytes.toString('base64')]).sort();
}
