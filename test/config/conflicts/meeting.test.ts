import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMeetings, type KeySet } from '../../../src/config/conflicts/meeting.ts';
import { parseLocation } from '../../../src/config/locations.ts';
import { syncOptions } from '../../../src/config/options/sync-options.ts';

const FOLDERS = ['a', 'b', 'c', 'd'];

/** Many separate ranges of keys: all combinations of some folders. */
const filters = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...FOLDERS), fc.constantFrom(...FOLDERS)).map(([outer, inner]) => `/${outer}/${inner}/**`),
  { minLength: 1, maxLength: 12 },
);

function keySet(prefix: string, include: readonly string[]): KeySet {
  return { location: parseLocation(`s3://bucket/${prefix}`), options: syncOptions.parse({ include }) };
}

describe('two sets of keys', () => {
  it('meet exactly where both have a key', () => {
    fc.assert(
      fc.property(filters, filters, (some, others) => {
        const [one, other] = [keySet('x', some), keySet('x', others)];
        const isCommon = some.some((glob) => others.includes(glob));

        const { kind } = createMeetings().of(one, other);

        expect(kind === 'never').toBe(!isCommon);
      }),
    );
  });

  it('meet below the inner of two locations', () => {
    fc.assert(
      fc.property(filters, fc.constantFrom(...FOLDERS), (some, folder) => {
        const isCommon = some.some((glob) => glob.startsWith(`/${folder}/`));

        const { kind } = createMeetings().of(keySet('', some), keySet(folder, ['**']));

        expect(kind === 'never').toBe(!isCommon);
      }),
    );
  });
});
