import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PART_SIZES } from '../../../src/sync/copy/copy-parts.ts';
import { allParts, bytesOfPart, lengthOfPart, type PartPlan, partsOfRange, planParts } from '../../../src/sync/copy/part-plan.ts';
import { present } from '../../../src/sync/store/present.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;
const S3 = { maxParts: 10_000, maxPartBytes: 5 * GIB };
const BLOB = { maxParts: 50_000, maxPartBytes: 4_000 * MIB };

function numbersOf(plan: PartPlan): number[] {
  return Array.from({ length: plan.rangeCount }, (_, range) => partsOfRange(plan, range)).flatMap(({ fromNumber, toNumber }) =>
    Array.from({ length: toNumber - fromNumber + 1 }, (_, n) => fromNumber + n),
  );
}

describe('planning the parts of an object', () => {
  it.each([
    ['S3, a large object', S3, 256 * MIB, { partBytes: 8 * MIB, partCount: 32, partsPerRange: 8, rangeCount: 4, isStreamed: false }],
    ['S3, one byte more than buffered parts hold', S3, 80_000 * MIB + 1, { partBytes: 16 * MIB, partCount: 5_001, isStreamed: true }],
    ['S3, its largest object', S3, 10_000 * 5 * GIB, { partBytes: 5 * GIB, partCount: 10_000, partsPerRange: 1, rangeCount: 10_000 }],
    ['Blob, 100 GiB', BLOB, 100 * GIB, { partBytes: 8 * MIB, partCount: 12_800, rangeCount: 1_600, isStreamed: false }],
    ['Blob, 48 TiB', BLOB, 48 * TIB, { partBytes: 1_008 * MIB, partsPerRange: 1, isStreamed: true }],
    ['Blob, its largest blob', BLOB, 50_000 * 4_000 * MIB, { partBytes: 4_000 * MIB, partCount: 50_000 }],
  ])('for %s', (_, limits, sizeBytes, expected) => {
    expect(planParts(sizeBytes, limits, PART_SIZES)).toMatchObject(expected);
  });

  it.each([
    ['S3', S3, 10_000 * 5 * GIB],
    ['Blob', BLOB, 50_000 * 4_000 * MIB],
  ])('is refused for more than %s can hold', (_, limits, maxBytes) => {
    expect(planParts(maxBytes + 1, limits, PART_SIZES)).toBeUndefined();
  });

  it('covers every byte once, within the limits, whatever they are', () => {
    const small = (max: number) => fc.integer({ min: 1, max });
    const limits = fc.record({ maxParts: small(40), maxPartBytes: small(60) });
    const sizes = fc.record({ bufferBytes: small(30), rangeBytes: small(200) });
    fc.assert(
      fc.property(small(2_000), limits, sizes, (sizeBytes, limit, partSizes) => {
        const plan = planParts(sizeBytes, limit, partSizes);

        const fits = sizeBytes <= limit.maxParts * limit.maxPartBytes;
        expect(plan !== undefined).toBe(fits);
        if (plan === undefined) return;
        const parts = numbersOf(plan).map((number) => bytesOfPart(plan, number));
        expect(parts.map(({ startByte }) => startByte)).toEqual([0, ...parts.slice(0, -1).map(({ endByte }) => endByte + 1)]);
        expect(present(parts.at(-1), 'the last part').endByte).toBe(sizeBytes - 1);
        expect(parts.length).toBe(plan.partCount);
        expect(parts.length).toBeLessThanOrEqual(limit.maxParts);
        expect(plan.partBytes).toBeLessThanOrEqual(limit.maxPartBytes);
        expect(plan.isStreamed).toBe(plan.partBytes > partSizes.bufferBytes);
      }),
    );
  });

  it('tells the length of each part, of which only the last is shorter', () => {
    const plan = present(planParts(95, { maxParts: 100, maxPartBytes: 100 }, { bufferBytes: 10, rangeBytes: 40 }), 'plan');

    const lengths = numbersOf(plan).map((number) => lengthOfPart(plan, number));

    expect(lengths).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(allParts(plan)).toEqual({ fromNumber: 1, toNumber: 10 });
  });
});
