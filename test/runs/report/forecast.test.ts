import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/runs/report/forecast.ts';
import type { WouldCopyReceipt } from '../../../src/sync/outcomes/receipt.ts';

const MIB = 1024 * 1024;

const wouldCopy = (sizeBytes: number): WouldCopyReceipt => ({
  key: 'k',
  action: 'would-copy',
  reason: 'missing',
  sizeBytes,
  sourceEtag: '"1"',
  at: '2026-01-01T00:00:00.000Z',
  milliseconds: 0,
});

describe('what a dry run foretells', () => {
  it.each([
    ['blob', 's3', { source: { list: 2, read: 6, write: 0 }, destination: { list: 3, read: 0, write: 7 } }],
    ['s3', 'blob', { source: { list: 3, read: 6, write: 0 }, destination: { list: 1, read: 0, write: 6 } }],
  ] as const)('is the requests by class on each side, and what leaves the cloud: from %s to %s', (from, to, requests) => {
    const forecaster = createForecaster(from, to);
    for (const sizeBytes of [0, 8 * MIB, 17 * MIB]) forecaster.add(wouldCopy(sizeBytes));

    const forecast = forecaster.forecast({ listed: 2_503, extraneous: 0, wouldDelete: 0 });

    expect(forecast).toEqual({ objects: 3, egressBytes: 25 * MIB, ...requests });
  });

  it('asks the source for each object that would be deleted', () => {
    const forecast = createForecaster('s3', 'blob').forecast({ listed: 1, extraneous: 5, wouldDelete: 5 });

    expect(forecast).toMatchObject({ source: { list: 1, read: 5 }, destination: { list: 1, read: 0, write: 5 } });
  });

  it('asks both sides for each key of a list, and lists nothing', () => {
    const forecaster = createForecaster('blob', 's3');
    forecaster.add(wouldCopy(1));

    const forecast = forecaster.forecast({ listed: 100, extraneous: 0, wouldDelete: 0 }, 'by-keys');

    expect(forecast).toMatchObject({ source: { list: 0, read: 101, write: 0 }, destination: { list: 0, read: 100, write: 1 } });
  });

  it('is the two listings where there is nothing to do', () => {
    const forecast = createForecaster('s3', 'blob').forecast({ listed: 0, extraneous: 0, wouldDelete: 0 });

    expect(forecast).toMatchObject({ objects: 0, source: { list: 1, read: 0 }, destination: { list: 1, write: 0 } });
  });
});
