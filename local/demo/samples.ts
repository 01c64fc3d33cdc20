import { randomBytes } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';

interface Sample {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentLanguage?: string;
  readonly metadata?: Record<string, string>;
}

const MIB = 1024 * 1024;

/** Objects as real containers hold them: nested prefixes, names that tools trip over, an empty one, small ones, and some of many MiB. */
function samples(): readonly Sample[] {
  const text = (key: string, content: string, more: Partial<Sample> = {}): Sample => ({
    key,
    bytes: Buffer.from(content),
    contentType: 'text/plain',
    ...more,
  });
  return [
    ...Array.from({ length: 12 }, (_, month) => {
      const name = String(month + 1).padStart(2, '0');
      return text(`invoices/2026/${name}/summary.csv`, `month,total\n${name},${(month + 1) * 1_017}\n`, {
        contentType: 'text/csv',
        metadata: { department: 'finance' },
      });
    }),
    ...Array.from({ length: 40 }, (_, n) => ({
      key: `telemetry/device-${n % 8}/${String(n).padStart(5, '0')}.bin`,
      bytes: randomBytes(4_096 + n * 97),
    })),
    text('names/with space and + plus.txt', 'plus'),
    text('names/100% of #1?.txt', 'percent'),
    text('names/percent%2Fencoded.txt', 'not a slash'),
    text("names/it's 'quoted' & \"double\".txt", 'quotes'),
    text('names/umlaut-äöü-日本語-😀.txt', 'unicode', { contentLanguage: 'de' }),
    text('names/a//double//slash.txt', 'slashes'),
    text('names/.hidden', 'dot'),
    text('web/index.html', '<!doctype html><title>sample</title>', { contentType: 'text/html; charset=utf-8', cacheControl: 'max-age=60' }),
    text('empty.txt', ''),
    { key: 'media/photo.raw', bytes: randomBytes(3 * MIB), contentType: 'image/x-raw' },
    { key: 'media/video.mp4', bytes: randomBytes(20 * MIB + 12_345), contentType: 'video/mp4', metadata: { codec: 'h264' } },
  ];
}

/** Fills the container, unless it holds something already. */
export async function seedSamples(container: ContainerClient): Promise<void> {
  await container.createIfNotExists();
  const first = await container.listBlobsFlat().next();
  if (first.done !== true) return;
  for (const { key, bytes, metadata, contentType, cacheControl, contentLanguage } of samples()) {
    await container.getBlockBlobClient(key).uploadData(bytes, {
      blobHTTPHeaders: {
        ...(contentType && { blobContentType: contentType }),
        ...(cacheControl && { blobCacheControl: cacheControl }),
        ...(contentLanguage && { blobContentLanguage: contentLanguage }),
      },
      ...(metadata && { metadata }),
    });
  }
}
