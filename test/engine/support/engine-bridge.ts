import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../../local/clouds.ts';
import { isOver } from '../../../src/runs/record.ts';
import type { RunView } from '../../../src/runs/view/run-view.ts';
import { present } from '../../../src/sync/store/present.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../support/servers/fault-proxy.ts';
import { type JournalEntry, readJournal } from './journal.ts';
import { CONTAINER, createPlaces, type Place, type Places } from './places.ts';
import { type Platform, startPlatform } from './platform.ts';
import { JOURNAL_SETTING, TRAP_SETTING } from './worker-settings.ts';

const LOG_DIR = join(import.meta.dirname, '../../../.local/engine-host');
const CONCURRENCY = 4;
const PATIENCE = { timeout: 300_000, interval: 250 };

/** The built app on the real engine, between Azurite and the stand-ins. */
export interface EngineBridge extends Pick<Places, 'blob' | 's3' | 'openUploads'> {
  readonly clouds: Clouds;
  readonly platform: Platform;
  /** These stand between the app and the stores. */
  readonly s3Proxy: FaultProxy;
  readonly blobProxy: FaultProxy;
  /** The file that is a trap for a replaying worker, when it exists. */
  readonly trap: string;
  /** Starts an ad hoc run, few objects at a time, and answers its id. `options` are those of the request. */
  start(source: Place, destination: Place, options?: object): Promise<string>;
  /** Waits for the end of a run, over crashes, and answers it. */
  ended(id: string): Promise<RunView>;
  /** What the engine has had done so far. */
  journal(): readonly JournalEntry[];
  stop(): Promise<void>;
}

/** The answer to a start: the run, or the conflict with an earlier try of the same start, of which the answer was lost. */
interface Started {
  readonly id?: string;
  readonly run?: { readonly id: string };
}

interface EngineBridgeOptions {
  /** What hosts and app print goes to `.local/engine-host/<name>.log`. */
  readonly name: string;
  /** One unless given. */
  readonly hosts?: number;
  /** Settings besides those that the clouds give. Locations in them may be made from the URL of the Blob account. */
  readonly settings?: (blobUrl: string) => Readonly<Record<string, string>>;
  /** Is shown each request to Azure Storage, of the app, the engine and its host. */
  readonly onStorageRequest?: (service: 'blob' | 'queue' | 'table', request: ProxiedRequest) => void;
}

export async function startEngineBridge({
  name,
  hosts = 1,
  settings = () => ({}),
  onStorageRequest,
}: EngineBridgeOptions): Promise<EngineBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-engine-'));
  const [clouds, s3Proxy, blobProxy] = await Promise.all([startClouds({ dataDir }), startFaultProxy(), startFaultProxy()]);
  const { azurite, aws } = clouds;
  s3Proxy.forwardTo(aws.url);
  blobProxy.forwardTo(azurite.blobUrl);
  const observed = onStorageRequest === undefined ? undefined : await observeStorage(clouds, blobProxy, onStorageRequest);
  const throughProxy = (text: string) => (observed?.connect(text) ?? text).replace(new URL(azurite.blobUrl).origin, blobProxy.url);
  const blobUrl = throughProxy(azurite.blobUrl);
  const { close, ...places } = await createPlaces(clouds, blobUrl);
  const [trap, journalDir] = [join(dataDir, 'trap'), join(dataDir, 'journal')];
  await mkdir(LOG_DIR, { recursive: true });
  const platform = await startPlatform({
    hosts,
    settings: {
      ...clouds.appSettings('federated-app'),
      AzureWebJobsStorage: throughProxy(azurite.connectionString),
      AWS_ENDPOINT_URL_S3: s3Proxy.url,
      BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${blobUrl}/${CONTAINER}`,
      BRIDGE_AD_HOC_MAX_DELETIONS: '1000000',
      [JOURNAL_SETTING]: journalDir,
      [TRAP_SETTING]: trap,
      ...settings(blobUrl),
    },
    logPath: join(LOG_DIR, `${name}.log`),
  });

  return {
    ...places,
    clouds,
    platform,
    s3Proxy,
    blobProxy,
    trap,
    start({ location: source }, { location: destination }, options = {}) {
      const request = { source, destination, options: { concurrency: CONCURRENCY, ...options } };
      return vi.waitFor(async () => {
        const answer = await platform.call('POST', '/api/sync', request);
        expect(answer.status, 'the answer to the start').toBeOneOf([202, 409]);
        const { id, run } = (await answer.json()) as Started;
        return present(id ?? run?.id, 'the run');
      }, PATIENCE);
    },
    ended: (id) =>
      vi.waitFor(async () => {
        const run = (await (await platform.call('GET', `/api/runs/${id}`)).json()) as RunView;
        expect(run.state, JSON.stringify(run)).toSatisfy(isOver);
        return run;
      }, PATIENCE),
    journal: () => readJournal(journalDir),
    async stop() {
      close();
      // In this order: the engine's shutdown needs its storage.
      await platform.stop();
      await Promise.all([clouds.stop(), s3Proxy.stop(), blobProxy.stop(), observed?.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Stands before queues and tables too. */
async function observeStorage({ azurite }: Clouds, blobProxy: FaultProxy, onRequest: NonNullable<EngineBridgeOptions['onStorageRequest']>) {
  const [queueProxy, tableProxy] = await Promise.all([startFaultProxy(), startFaultProxy()]);
  queueProxy.forwardTo(azurite.queueUrl);
  tableProxy.forwardTo(azurite.tableUrl);
  blobProxy.observe((request) => onRequest('blob', request));
  queueProxy.observe((request) => onRequest('queue', request));
  tableProxy.observe((request) => onRequest('table', request));
  return {
    connect: (text: string) =>
      text.replace(new URL(azurite.queueUrl).origin, queueProxy.url).replace(new URL(azurite.tableUrl).origin, tableProxy.url),
    stop: () => Promise.all([queueProxy.stop(), tableProxy.stop()]),
  };
}
