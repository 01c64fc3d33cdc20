import { describe, expect, it } from 'vitest';
import { DEFAULT_TIERS, tierOfCopy } from '../../../src/sync/properties/tiers.ts';

describe('the tier of a copy', () => {
  it.each([
    ['Hot', 'STANDARD'],
    ['Cool', 'STANDARD_IA'],
    ['Cold', 'GLACIER_IR'],
    ['STANDARD', 'Hot'],
    ['INTELLIGENT_TIERING', 'Hot'],
    ['REDUCED_REDUNDANCY', 'Hot'],
    ['STANDARD_IA', 'Cool'],
    ['ONEZONE_IA', 'Cool'],
    ['GLACIER_IR', 'Cold'],
    ['GLACIER', 'Cold'],
    ['DEEP_ARCHIVE', 'Cold'],
  ])('of %s is %s by default', (source, expected) => {
    expect(tierOfCopy(DEFAULT_TIERS, source)).toBe(expected);
  });

  it.each(['P10', 'SNOW', 'toString', undefined])('is the choice of the destination where the source has %s', (source) => {
    expect(tierOfCopy(DEFAULT_TIERS, source)).toBeUndefined();
  });

  it('is never an archive by default', () => {
    expect(Object.values(DEFAULT_TIERS).filter((tier) => ['Archive', 'GLACIER', 'DEEP_ARCHIVE'].includes(tier))).toEqual([]);
  });

  it.each(['Hot', 'GLACIER', undefined])('is the fixed one, whatever the source has: %s', (source) => {
    expect(tierOfCopy('Cold', source)).toBe('Cold');
  });
});
