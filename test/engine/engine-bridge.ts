import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { expect, vi } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../local/clouds.ts';
import { createS3Client } from '../../src/aws/s3-client.ts';
import { createS3Store } from '../../src/aws/s3-store.ts';
import { createBlobStore } from '../../src/azure/blob-store.ts';
import { isOver } from '../../src/runs/record.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import type { Store } from '../../src/sync/store.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type EngineHost, startEngineHost } from './engine-host.ts';

const LOG_DIR = join(import.meta.dirname, '../../.local/engine-host');
const CONTAINER = 'engine';
const CONCURRENCY = 4;
const END_PATIENCE = { timeout: 200_000, interval: 250 };

/** What is below a prefix on one side: as the app is told of it, and as it really is. */
export interface Place {
  readonly location: string;
  readonly store: Store;
}

/** The built app on the real engine, between Azurite and the stand-ins. */
export interface EngineBridge {
  readonly clouds: Clouds;
  blob(prefix: string): Place;
  s3(prefix: string): Place;
  /** Stands between the app and S3. */
  readonly s3Proxy: FaultProxy;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** Starts an ad hoc run, few objects at a time. */
  start(source: Place, destination: Place): Promise<RunView>;
  /** Waits for the end of a run, over crashes, and answers it. */
  ended(id: string): Promise<RunView>;
  killWorker(): Promise<void>;
  /** Ends the host as a crash does, and starts another. */
  replaceHost(): Promise<void>;
  stop(): Promise<void>;
}

interface EngineBridgeOptions {
  /** What host and app print goes to `.local/engine-host/<name>.log`. */
  readonly name: string;
  /** Settings besides those that the clouds give. Locations in them may be made from the clouds. */
  readonly settings?: (clouds: Clouds) => Readonly<Record<string, string>>;
}

export async function startEngineBridge({ name, settings = () => ({}) }: EngineBridgeOptions): Promise<EngineBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-engine-'));
  const [clouds, s3Proxy] = await Promise.all([startClouds({ dataDir }), startFaultProxy()]);
  const { azurite, aws } = clouds;
  const logPath = join(LOG_DIR, `${name}.log`);
  await rm(logPath, { force: true });
  s3Proxy.forwardTo(aws.url);
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  const client = createS3Client({
    region: aws.region,
    endpoint: aws.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: aws.issueSession({ roleArn: clouds.roleArn, expiresInSeconds: 3_600 }),
  });
  const startHost = () =>
    startEngineHost({
      settings: {
        ...clouds.appSettings('federated-app'),
        AWS_ENDPOINT_URL_S3: s3Proxy.url,
        BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${azurite.blobUrl}/${CONTAINER}`,
        ...settings(clouds),
      },
      logPath,
    });
  let host: EngineHost = await startHost();

  const call: EngineBridge['call'] = (method, path, body) =>
    fetch(`${host.url}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

  return {
    clouds,
    blob: (prefix) => ({
      location: `${azurite.blobUrl}/${CONTAINER}/${prefix}`,
      store: createBlobStore({ container, prefix: `${prefix}/` }),
    }),
    s3: (prefix) => ({ location: `s3://${BUCKET}/${prefix}`, store: createS3Store({ client, bucket: BUCKET, prefix: `${prefix}/` }) }),
    s3Proxy,
    call,
    async start(source, destination) {
      const body = { source: source.location, destination: destination.location, options: { concurrency: CONCURRENCY } };
      const answer = await call('POST', '/api/sync', body);
      const run = (await answer.json()) as RunView;
      expect(run, 'the start of the run').toMatchObject({ state: 'queued' });
      return run;
    },
    ended: (id) =>
      vi.waitFor(async () => {
        const run = (await (await call('GET', `/api/runs/${id}`)).json()) as RunView;
        expect(run.state, 'the state of the run').toSatisfy(isOver);
        return run;
      }, END_PATIENCE),
    killWorker: () => host.killWorker(),
    async replaceHost() {
      await host.kill();
      host = await startHost();
    },
    async stop() {
      client.destroy();
      // In this order: the engine's shutdown needs its storage.
      await host.stop();
      await Promise.all([clouds.stop(), s3Proxy.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
