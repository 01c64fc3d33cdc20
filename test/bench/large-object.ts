import { randomBytes } from 'node:crypto';
import { type Measurement, startMeasuredApp } from './support/measured-app.ts';

/* Prints how fast one large object goes each way, and how much memory and CPU it takes. */

const MIB = 1_024 * 1_024;
const OBJECT_BYTES = 200 * MIB;

const app = await startMeasuredApp();
try {
  await app.container.getBlockBlobClient('large/object.bin').uploadData(randomBytes(OBJECT_BYTES));
  console.log(`One object of ${OBJECT_BYTES / MIB} MiB (target: less than 300 MB resident)`);
  const there = await app.toS3('large/');
  await app.restart();
  const back = await app.toBlob('large/');
  console.table({ 'Blob to S3': summary(there), 'S3 to Blob': summary(back) });
} finally {
  await app.stop();
}

function summary({ seconds, cpuSeconds, peakMebibytes }: Measurement) {
  return {
    'peak resident MB': ((peakMebibytes * MIB) / 1e6).toFixed(0),
    seconds: seconds.toFixed(1),
    'MB/s': (OBJECT_BYTES / 1e6 / seconds).toFixed(0),
    'CPU s/GiB': (cpuSeconds / (OBJECT_BYTES / (1_024 * MIB))).toFixed(1),
  };
}
