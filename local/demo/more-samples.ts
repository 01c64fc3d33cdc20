import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { sampleBytes } from './sample-bytes.ts';

const MIB = 1024 * 1024;
const LARGE_BYTES = 1024 * MIB;
const BLOCK_BYTES = 16 * MIB;
const BLOCKS_AT_ONCE = 2;

const SMALL_BYTES = 4_096;
const PREFIXES = 100;
const WRITES_AT_ONCE = 32;

/** Puts one object of 1 GiB into the container unless it is there; holds a few blocks of it at a time. */
export async function seedLargeSample(container: ContainerClient, say: (line: string) => void): Promise<void> {
  const blob = container.getBlockBlobClient('large/one-gibibyte.bin');
  if (await blob.exists()) return;
  say('Making an object of 1 GiB ...');
  const ids = Array.from({ length: LARGE_BYTES / BLOCK_BYTES }, (_, n) => Buffer.from(String(n).padStart(6, '0')).toString('base64'));
  await inParallel(ids, BLOCKS_AT_ONCE, (id, n) => stage(blob, id, n));
  await blob.commitBlockList(ids, { blobHTTPHeaders: { blobContentType: 'application/octet-stream' } });
}

async function stage(blob: BlockBlobClient, id: string, n: number): Promise<void> {
  await blob.stageBlock(id, sampleBytes(0, n * BLOCK_BYTES, BLOCK_BYTES), BLOCK_BYTES);
}

/** Puts `count` small objects into the container, those that are there already left alone. */
export async function seedSmallSamples(container: ContainerClient, count: number, say: (line: string) => void): Promise<void> {
  const prefix = 'small/';
  const there = new Set<string>();
  for await (const { name } of container.listBlobsFlat({ prefix })) there.add(name);
  const missing = Array.from({ length: count }, (_, n) => ({
    n,
    key: `${prefix}${n % PREFIXES}/${String(n).padStart(6, '0')}.bin`,
  })).filter(({ key }) => !there.has(key));
  if (missing.length === 0) return;
  say(`Making ${missing.length.toLocaleString('en')} objects of 4 KiB ...`);
  await inParallel(missing, WRITES_AT_ONCE, async ({ n, key }) => {
    await container.getBlockBlobClient(key).upload(sampleBytes(n + 1, 0, SMALL_BYTES), SMALL_BYTES);
  });
}

async function inParallel<T>(all: readonly T[], atOnce: number, work: (one: T, index: number) => Promise<void>): Promise<void> {
  const rest = all.entries();
  const worker = async () => {
    for (const [index, one] of rest) await work(one, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
