import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { BUCKET, type Clouds, startClouds } from '../../../local/clouds.ts';
import { type AppProcess, startApp } from '../../../local/demo/app-process.ts';
import { buildApp } from '../../../local/demo/build-app.ts';
import type { RunView } from '../../../src/runs/view/run-view.ts';
import { present } from '../../../src/sync/store/present.ts';
import { startBlobRequestCounter } from '../../support/servers/blob-request-counter.ts';
import { countsSince, type RequestCounts } from '../../support/servers/request-counts.ts';
import { forgetPeak, usageOf } from './process-usage.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const CONTAINER = 'bench';
const STATE_CONTAINER = 'keyless-bridge';

/** What one run took. */
export interface Measurement {
  readonly run: RunView;
  /** By the run's own clock. */
  readonly seconds: number;
  /** Of the app's process. */
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
  /** To both stores. */
  readonly dataRequests: RequestCounts;
  /** To the container of the app's own records. */
  readonly recordRequests: RequestCounts;
}

/** The built app in a process of its own, between both clouds. */
export interface MeasuredApp {
  readonly container: ContainerClient;
  /** Syncs the container below a prefix to the bucket below the same one. */
  toS3(prefix: string): Promise<Measurement>;
  /** Syncs the bucket below a prefix back to the container, below `back/`. */
  toBlob(prefix: string): Promise<Measurement>;
  /** Ends the app and starts it anew, so that its memory tells of one run alone. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMeasuredApp(): Promise<MeasuredApp> {
  buildApp(ROOT);
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-bench-'));
  const [clouds, counter] = await Promise.all([startClouds({ dataDir }), startBlobRequestCounter()]);
  const { blobUrl, connectionString } = counter.inFrontOf(clouds.azurite);
  const blob = `${blobUrl}/${CONTAINER}/`;
  const s3 = `s3://${BUCKET}/`;
  const container = BlobServiceClient.fromConnectionString(clouds.azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  const start = () =>
    startApp({
      appDir: ROOT,
      settings: {
        ...clouds.appSettings('federated-app'),
        AzureWebJobsStorage: connectionString,
        BRIDGE_ALLOWED_LOCATIONS: `${s3} ${blob}`,
      },
      port: 0,
      logPath: join(dataDir, 'app.log'),
    });
  let app = await start();

  const measure = async (source: string, destination: string): Promise<Measurement> => {
    const pid = pidOf(app);
    const data = () => new Map([...counter.countsOf(CONTAINER), ...s3Counts(clouds)]);
    const before = { data: data(), records: counter.countsOf(STATE_CONTAINER), cpuSeconds: usageOf(pid).cpuSeconds };
    forgetPeak(pid);
    const run = await sync(app, source, destination);
    const { cpuSeconds, peakMebibytes } = usageOf(pid);
    return {
      run,
      seconds: run.seconds,
      cpuSeconds: cpuSeconds - before.cpuSeconds,
      peakMebibytes,
      dataRequests: countsSince(before.data, data()),
      recordRequests: countsSince(before.records, counter.countsOf(STATE_CONTAINER)),
    };
  };

  return {
    container,
    toS3: (prefix) => measure(`${blob}${prefix}`, `${s3}${prefix}`),
    toBlob: (prefix) => measure(`${s3}${prefix}`, `${blob}back/${prefix}`),
    async restart() {
      await app.stop();
      app = await start();
    },
    async stop() {
      await app.stop();
      await Promise.all([clouds.stop(), counter.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Core Tools have the app in a child of their own, about which nothing would be known. */
function pidOf({ runner, process: { pid } }: AppProcess): number {
  if (runner !== 'the local host') throw new Error(`The bench cannot measure the app in ${runner}. Take func off PATH, then run it again.`);
  return present(pid, 'the process id of the app');
}

/** Requests to S3 alone: STS is asked once for a run. */
function s3Counts({ aws }: Clouds): RequestCounts {
  return new Map([...aws.requestCounts].filter(([operation]) => operation !== 'AssumeRoleWithWebIdentity'));
}

/** Throws when the run did not end well: its figures would mean nothing. */
async function sync({ url }: AppProcess, source: string, destination: string): Promise<RunView> {
  const answer = await fetch(`${url}/api/sync?wait=200`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source, destination }),
  });
  const text = await answer.text();
  const run = answer.status === 200 ? (JSON.parse(text) as RunView) : undefined;
  if (run?.state !== 'succeeded') throw new Error(`The sync of ${source} did not succeed (${answer.status}): ${text}`);
  return run;
}
