import { ManagedIdentityCredential } from '@azure/identity';
import type { BlobServiceClient } from '@azure/storage-blob';
import { createBlobServiceClient } from './azure/blob-clients.ts';
import type { Bridge } from './bridge.ts';
import { createFederation } from './create-federation.ts';
import { createOpenStore } from './open-stores.ts';
import { finishRun } from './runs/finish-run.ts';
import { createLocks } from './runs/lock.ts';
import { createRunRecords, type RunRecord } from './runs/record.ts';
import { readReport } from './runs/report.ts';
import { runSlice } from './runs/run-slice.ts';
import { viewRun } from './runs/run-view.ts';
import { createRuns } from './runs/runs.ts';
import { createShardStates } from './runs/shard-state.ts';
import { createState } from './runs/state.ts';
import type { Settings, StateStorageSettings } from './settings.ts';
import { createBufferPool } from './sync/buffer-pool.ts';
import { PART_BYTES } from './sync/copy-parts.ts';

/** The memory for objects on their way, of the whole process: small ones have buffers of their own, so that they do not wait for parts. */
const BUFFERS = [
  { bufferBytes: 256 * 1024, count: 64 },
  { bufferBytes: PART_BYTES, count: 12 },
];

/** Added to the longest slice, 480 s, it stays below the `functionTimeout` of host.json. */
const GRACE_SECONDS = 60;

/** Builds everything that the triggers call. Asks no service yet. */
export function createBridge(settings: Settings): Bridge {
  const { aws, stateStorage, stateContainer, sliceSeconds } = settings;
  const clock = Date.now;
  const state = createState(stateService(stateStorage).getContainerClient(stateContainer));
  const records = createRunRecords(state);
  const shards = createShardStates(state);
  const locks = createLocks(state);
  const openStore = createOpenStore({ aws, federation: createFederation(settings), stateStorage });
  const slices = {
    state,
    records,
    shards,
    clock,
    sliceSeconds,
    graceSeconds: GRACE_SECONDS,
    pool: createBufferPool(BUFFERS),
    openStores: (run: RunRecord) => ({ source: openStore(run, run.source), destination: openStore(run, run.destination) }),
  };
  const finishing = { state, records, shards, locks, clock, openReportTarget: openStore };
  return {
    settings,
    runs: createRuns({ records, locks, clock }),
    view: (record, baseUrl) => viewRun(shards, record, baseUrl, clock()),
    report: (runId, format, offset) => readReport(state, runId, format, offset),
    runSlice: (task) => runSlice(slices, task),
    finishRun: (runId, end) => finishRun(finishing, runId, end),
  };
}

/** The host's storage account, reached as the host reaches it. */
export function stateService(storage: StateStorageSettings): BlobServiceClient {
  if ('connectionString' in storage) return createBlobServiceClient(storage);
  const { blobServiceUrl, managedIdentityClientId } = storage;
  const credential = new ManagedIdentityCredential(managedIdentityClientId === undefined ? {} : { clientId: managedIdentityClientId });
  return createBlobServiceClient({ url: blobServiceUrl, credential });
}
