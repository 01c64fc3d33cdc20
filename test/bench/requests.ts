import { totalOf } from '../support/servers/request-counts.ts';
import { fillContainer } from '../support/stores/fill-stores.ts';
import { type Measurement, startMeasuredApp } from './support/measured-app.ts';

/* Prints how many requests, how much time and how much CPU many small objects take, and the same again when nothing has changed. */

const OBJECTS = 2_000;
const OBJECT_BYTES = 4_096;

const app = await startMeasuredApp();
try {
  await fillContainer(app.container, { prefix: 'small/', count: OBJECTS, sizeBytes: OBJECT_BYTES });
  console.log(`${OBJECTS} objects of ${OBJECT_BYTES} bytes (target: at most 2.05 requests per object, and none when nothing has changed)`);
  const measurements = {
    'Blob to S3': await app.toS3('small/'),
    'Blob to S3 again': await app.toS3('small/'),
    'S3 to Blob': await app.toBlob('small/'),
    'S3 to Blob again': await app.toBlob('small/'),
  };
  console.table(Object.fromEntries(Object.entries(measurements).map(([title, measured]) => [title, summary(measured)])));
  for (const [title, { dataRequests }] of Object.entries(measurements)) console.log(`  ${title}: ${describe(dataRequests)}`);
} finally {
  await app.stop();
}

function summary({ run, dataRequests, recordRequests, seconds, cpuSeconds }: Measurement) {
  return {
    copied: run.counts.copied,
    'requests per object': (totalOf(dataRequests) / OBJECTS).toFixed(4),
    'own records': totalOf(recordRequests),
    seconds: seconds.toFixed(1),
    'CPU seconds': cpuSeconds.toFixed(2),
  };
}

function describe(requests: Measurement['dataRequests']): string {
  return [...requests].map(([operation, count]) => `${count} ${operation}`).join(', ');
}
