import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../../local/azurite.ts';
import { createBlobState } from '../../../src/app/blob-state.ts';
import type { State } from '../../../src/runs/state.ts';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';

/** An Azurite for one test file. */
export interface StateServer {
  /** The app's records in a container of their own, which is not made yet. */
  createState(): State;
  stop(): Promise<void>;
}

export async function startStateServer(): Promise<StateServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'state-'));
  const azurite = await startAzurite({ dataDir });
  const service = createBlobServiceClient(azurite);
  return {
    createState: () => createBlobState(service.getContainerClient(`state-${randomUUID()}`)),
    async stop() {
      await azurite.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
