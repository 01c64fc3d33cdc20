import { ManagedIdentityCredential } from '@azure/identity';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { Settings, StateStorageSettings } from '../config/settings.ts';
import { createPulses } from '../runs/attempt/pulse.ts';
import { createShutdown } from '../runs/attempt/shutdown.ts';
import { createLargeObjects } from '../runs/large/large-objects.ts';
import { createSavedUploads } from '../runs/large/saved-uploads.ts';
import { createLocks } from '../runs/lock.ts';
import { createPairIndexes } from '../runs/pairs/pair-index.ts';
import { createRunRecords } from '../runs/record.ts';
import { readReport } from '../runs/report/report.ts';
import { createRuns } from '../runs/runs.ts';
import { createShardPlans } from '../runs/shards/shard-plan.ts';
import { createShardStates } from '../runs/shards/shard-state.ts';
import { cleanUp } from '../runs/supervision/clean-up.ts';
import { viewRun } from '../runs/view/run-view.ts';
import { createBlobServiceClient } from '../stores/blob/blob-clients.ts';
import { createBlobState } from './blob-state.ts';
import type { Bridge } from './bridge.ts';
import { createActivities, type HostProcess } from './create-activities.ts';
import { createFederation } from './create-federation.ts';
import { createOpenStores } from './open-stores.ts';

/** A clean-up leaves the rest for the next time after so long. */
const CLEAN_UP_MS = 480_000;

/** Builds everything that the triggers call. Asks no service yet. Any number of activities is executed at once unless `activitySlots` says otherwise. */
export function createBridge(
  settings: Settings,
  { activitySlots = Number.POSITIVE_INFINITY }: Partial<Pick<HostProcess, 'activitySlots'>> = {},
): Bridge {
  const { aws, stateStorage, stateContainer, keepDays } = settings;
  const clock = Date.now;
  const shutdown = createShutdown();
  const state = createBlobState(stateService(stateStorage).getContainerClient(stateContainer));
  const open = createOpenStores({ aws, federation: createFederation(settings), stateStorage });
  const kept = {
    state,
    clock,
    records: createRunRecords(state),
    plans: createShardPlans(state),
    shards: createShardStates(state),
    largeObjects: createLargeObjects(state),
    uploads: createSavedUploads(state),
    locks: createLocks(state),
    pulses: createPulses(state, clock),
    pairs: createPairIndexes({ state, clock, keepDays }),
  };
  const { activities, openCopier } = createActivities(settings, kept, open, { shutdown, activitySlots });
  return {
    settings,
    activities,
    shutdown,
    runs: createRuns({ ...kept, notify: activities.notifyRun, check: open.check }),
    view: (record, baseUrl) => viewRun(kept, record, baseUrl),
    report: (record, format, offset) => readReport(state, record, format, offset),
    cleanUp: (engine) =>
      cleanUp({ ...kept, openCopier, openLeftovers: open.leftovers, keepDays }, engine, AbortSignal.timeout(CLEAN_UP_MS)),
  };
}

/** The host's storage account, reached as the host reaches it. */
export function stateService(storage: StateStorageSettings, maxTries?: number): BlobServiceClient {
  if ('connectionString' in storage) return createBlobServiceClient(storage, undefined, maxTries);
  const { blobServiceUrl, managedIdentityClientId } = storage;
  const credential = new ManagedIdentityCredential(managedIdentityClientId === undefined ? {} : { clientId: managedIdentityClientId });
  return createBlobServiceClient({ url: blobServiceUrl, credential }, undefined, maxTries);
}
