import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { vi } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../../local/clouds.ts';
import { startLocalHost } from '../../../local/host/in-process.ts';
import type { LogEntry } from '../../../local/host/log.ts';
import type { RunView } from '../../../src/runs/view/run-view.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';

const CONTAINER = 'test';
const ROOT = join(import.meta.dirname, '../../..');

/** What a careful operator would not allow to ad hoc runs. */
const ADVENTUROUS = {
  BRIDGE_AD_HOC_MAX_DELETIONS: '1000000',
  BRIDGE_AD_HOC_MAX_RESTORE: '1 PiB',
  BRIDGE_AD_HOC_TIERS: 'STANDARD INTELLIGENT_TIERING STANDARD_IA ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE Hot Cool Cold Archive',
};

interface TestBridgeOptions {
  /** Settings besides those that the clouds give; `undefined` takes one away. Locations in them may be made from the clouds. */
  readonly settings?: (clouds: Clouds) => Record<string, string | undefined>;
}

/** The app in this process between Azurite and the stand-ins, as it runs in production but for the clouds. */
export interface TestBridge {
  readonly clouds: Clouds;
  readonly url: string;
  /** The container that holds the Blob side of all tests, each below a prefix of its own. */
  readonly container: ContainerClient;
  /** A client that may do to the bucket `BUCKET` what the app may. */
  readonly s3Client: S3Client;
  /** Everything that the app has logged. */
  readonly logged: readonly LogEntry[];
  /** Runs a job's timer now. */
  invokeTimer(name: string): Promise<void>;
  /** The location below a prefix of the container. */
  blob(prefix: string): string;
  /** The location below a prefix of the bucket. */
  s3(prefix: string): string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** What the report of an ended run tells. */
  receiptsOf(run: Pick<RunView, 'id'>): Promise<Receipt[]>;
  /** Starts an ad hoc run, waits for its end, and answers it. */
  sync(source: string, destination: string, more?: Record<string, unknown>): Promise<RunView>;
  stop(): Promise<void>;
}

/** One at a time in a test file, since the app and its libraries are global to the process. */
export async function startTestBridge({ settings = () => ({}) }: TestBridgeOptions = {}): Promise<TestBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-test-'));
  const clouds = await startClouds({ dataDir });
  const logged: LogEntry[] = [];
  const host = await startLocalHost({
    appDir: ROOT,
    env: environment(clouds, settings(clouds)),
    log: (entry) => logged.push(entry),
    register: () => {
      vi.resetModules();
      return import('../../../src/main.ts');
    },
  });
  const container = BlobServiceClient.fromConnectionString(clouds.azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  const s3Client = createS3Client({
    region: clouds.aws.region,
    endpoint: clouds.aws.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: clouds.aws.issueSession({ roleArn: clouds.roleArn, expiresInSeconds: 3_600 }),
  });
  const call = (method: string, path: string, body?: unknown) => request(host.url, method, path, body);
  return {
    clouds,
    url: host.url,
    container,
    s3Client,
    logged,
    invokeTimer: host.invokeTimer,
    blob: (prefix) => `${clouds.azurite.blobUrl}/${CONTAINER}/${prefix}`,
    s3: (prefix) => `s3://${BUCKET}/${prefix}`,
    call,
    async receiptsOf({ id }) {
      const report = await (await call('GET', `/api/runs/${id}/report`)).text();
      const lines = report.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line));
    },
    async sync(source, destination, more = {}) {
      const answer = await call('POST', '/api/sync?wait=200', { source, destination, ...more });
      const body = await answer.text();
      if (answer.status !== 200) throw new Error(`The sync was answered ${answer.status}: ${body}`);
      return JSON.parse(body) as RunView;
    },
    async stop() {
      s3Client.destroy();
      await host.stop();
      await clouds.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function environment(clouds: Clouds, settings: Record<string, string | undefined>): Record<string, string> {
  // In-process there is no NODE_EXTRA_CA_CERTS, so the identity is the one that is asked for over plain HTTP.
  const all = {
    ...clouds.appSettings('managed-identity'),
    BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${clouds.azurite.blobUrl}/${CONTAINER}`,
    BRIDGE_ALLOWED_KEY_LISTS: `s3://${BUCKET} ${clouds.azurite.blobUrl}/${CONTAINER}`,
    ...ADVENTUROUS,
    ...settings,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function request(url: string, method: string, path: string, body: unknown): Promise<Response> {
  const json = { headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) };
  return fetch(`${url}${path}`, { method, ...(body !== undefined && json) });
}
