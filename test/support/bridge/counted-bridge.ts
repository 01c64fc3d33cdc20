import { BUCKET } from '../../../local/clouds.ts';
import { startBlobRequestCounter } from '../servers/blob-request-counter.ts';
import type { RequestCounts } from '../servers/request-counts.ts';
import { startTestBridge, type TestBridge } from './test-bridge.ts';

/** A bridge whose requests to both stores are counted. */
export interface CountedBridge extends TestBridge {
  /** What has been asked of the container and of the bucket so far. */
  requests(): RequestCounts;
  /** What has been asked of a container of the Blob account. */
  requestsTo(container: string): RequestCounts;
}

/** Settings are besides those that the clouds give. */
export async function startCountedBridge(settings: Readonly<Record<string, string>> = {}): Promise<CountedBridge> {
  const counter = await startBlobRequestCounter();
  let container = '';
  const bridge = await startTestBridge({
    settings: ({ azurite }) => {
      const counted = counter.inFrontOf(azurite);
      container = `${counted.blobUrl}/test`;
      return { AzureWebJobsStorage: counted.connectionString, BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${container}`, ...settings };
    },
  });
  return {
    ...bridge,
    blob: (prefix) => `${container}/${prefix}`,
    requests: () => new Map([...counter.countsOf(bridge.container.containerName), ...bridge.clouds.aws.requestCounts]),
    requestsTo: counter.countsOf,
    async stop() {
      await bridge.stop();
      await counter.stop();
    },
  };
}
