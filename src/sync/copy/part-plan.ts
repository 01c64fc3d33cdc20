import type { ByteRange } from '../store/objects.ts';
import type { UploadLimits } from '../store/store.ts';

/** Sizes that decide how objects are cut into parts. */
export interface PartSizes {
  /** Size of one buffer. A part has this size, or a multiple of it where the destination takes too few parts. */
  readonly bufferBytes: number;
  /** A range has as many parts as fit into this, at least one. */
  readonly rangeBytes: number;
}

/** How an object is cut into parts, and these into ranges, each of which is copied by a call of its own. Plain data. */
export interface PartPlan {
  readonly sizeBytes: number;
  /** Length of every part but the last. */
  readonly partBytes: number;
  readonly partCount: number;
  readonly partsPerRange: number;
  readonly rangeCount: number;
  /** The parts are longer than a buffer. */
  readonly isStreamed: boolean;
}

/** Numbers of parts, both included. They start at 1. */
export interface PartSpan {
  readonly fromNumber: number;
  readonly toNumber: number;
}

/** Cuts an object of at least one byte within the limits of its destination; `undefined` when it is larger than that can hold. */
export function planParts(
  sizeBytes: number,
  { maxParts, maxPartBytes }: UploadLimits,
  { bufferBytes, rangeBytes }: PartSizes,
): PartPlan | undefined {
  if (sizeBytes > maxParts * maxPartBytes) return undefined;
  const buffersPerPart = Math.ceil(sizeBytes / (maxParts * bufferBytes));
  const partBytes = Math.min(buffersPerPart * bufferBytes, maxPartBytes);
  const partCount = Math.ceil(sizeBytes / partBytes);
  const partsPerRange = Math.max(1, Math.floor(rangeBytes / partBytes));
  const rangeCount = Math.ceil(partCount / partsPerRange);
  return { sizeBytes, partBytes, partCount, partsPerRange, rangeCount, isStreamed: partBytes > bufferBytes };
}

export function allParts({ partCount }: PartPlan): PartSpan {
  return { fromNumber: 1, toNumber: partCount };
}

/** The parts of range `rangeIndex`, which counts from 0. */
export function partsOfRange({ partsPerRange, partCount }: PartPlan, rangeIndex: number): PartSpan {
  const partsBefore = rangeIndex * partsPerRange;
  return { fromNumber: partsBefore + 1, toNumber: Math.min(partsBefore + partsPerRange, partCount) };
}

/** Where a part lies in its object. */
export function bytesOfPart({ partBytes, sizeBytes }: PartPlan, number: number): ByteRange {
  const startByte = (number - 1) * partBytes;
  return { startByte, endByte: Math.min(startByte + partBytes, sizeBytes) - 1 };
}

export function lengthOfPart({ partBytes, sizeBytes }: PartPlan, number: number): number {
  return Math.min(partBytes, sizeBytes - (number - 1) * partBytes);
}
