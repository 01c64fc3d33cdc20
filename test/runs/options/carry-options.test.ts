import { describe, expect, it } from 'vitest';
import type { CarriedOptions } from '../../../src/config/options/carried-options.ts';
import { carryAlike, carryOptionsOf } from '../../../src/runs/options/carry-options-of.ts';
import { DEFAULT_TIERS } from '../../../src/sync/properties/tiers.ts';

describe('what the options of a run say about its copies', () => {
  it.each<[string, CarriedOptions, object]>([
    ['nothing', {}, {}],
    ['a storage class', { storageClass: 'GLACIER' }, { tier: 'GLACIER' }],
    ['tags', { tags: true }, { tags: true }],
    ['metadata', { metadata: 'skip' }, { metadata: 'skip' }],
    ['an access tier', { accessTier: 'Cool' }, { tier: 'Cool' }],
    ['the counterpart of each tier', { accessTier: 'map' }, { tier: DEFAULT_TIERS }],
    [
      'rows of the table besides the defaults',
      { storageClass: 'map', tierMap: { Cold: 'DEEP_ARCHIVE' } },
      { tier: { ...DEFAULT_TIERS, Cold: 'DEEP_ARCHIVE' } },
    ],
  ])('%s', (_, options, expected) => {
    expect(carryOptionsOf(options)).toEqual({ tags: false, metadata: 'rename', ...expected });
  });
});

describe('an upload that another run has begun', () => {
  it.each<[CarriedOptions, CarriedOptions]>([
    [{}, {}],
    [
      { storageClass: 'map', tierMap: { Cold: 'GLACIER' } },
      { tierMap: { Cold: 'GLACIER' }, storageClass: 'map' },
    ],
  ])('can be gone on with: %j, %j', (one, other) => {
    expect(carryAlike(one, other)).toBe(true);
  });

  it.each<[CarriedOptions, CarriedOptions]>([
    [{}, { storageClass: 'GLACIER_IR' }],
    [{ accessTier: 'map' }, { accessTier: 'map', tierMap: { STANDARD: 'Cool' } }],
    [{}, { tags: true }],
    [{}, { metadata: 'fail' }],
    [{ encryption: {} }, { encryption: { kmsKeyId: 'alias/ours' } }],
  ])('cannot be gone on with by a run that writes otherwise: %j, %j', (one, other) => {
    expect(carryAlike(one, other)).toBe(false);
  });
});
