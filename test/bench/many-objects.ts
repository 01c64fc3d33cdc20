import { fillContainer } from '../support/stores/fill-stores.ts';
import { type Measurement, startMeasuredApp } from './support/measured-app.ts';

/* Prints how much memory very many small objects take. */

const OBJECTS = 20_000;
const OBJECT_BYTES = 4_096;

const app = await startMeasuredApp();
try {
  await fillContainer(app.container, { prefix: 'many/', count: OBJECTS, sizeBytes: OBJECT_BYTES });
  console.log(`${OBJECTS} objects of ${OBJECT_BYTES} bytes (target: less than 300 MB resident)`);
  const there = await app.toS3('many/');
  await app.restart();
  const back = await app.toBlob('many/');
  console.table({ 'Blob to S3': summary(there), 'S3 to Blob': summary(back) });
} finally {
  await app.stop();
}

function summary({ seconds, cpuSeconds, peakMebibytes }: Measurement) {
  return {
    'peak resident MB': ((peakMebibytes * 1_024 * 1_024) / 1e6).toFixed(0),
    seconds: seconds.toFixed(1),
    'objects/s': (OBJECTS / seconds).toFixed(0),
    'CPU s per 1,000': (cpuSeconds / (OBJECTS / 1_000)).toFixed(2),
  };
}
