import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortKeys } from '../../src/sync/plan/sort-keys.ts';
import { compareKeys } from '../../src/sync/store/key-order.ts';

describe('sorting keys', () => {
  it('has the order of compareKeys, emoji and characters behind U+E000 included', async () => {
    const character = fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffee', '🎵', '\u{10ffff}');
    const keys = fc.uniqueArray(fc.string({ unit: character, maxLength: 4 }));

    await fc.assert(
      fc.asyncProperty(keys, async (given) => {
        expect(await sortKeys(given)).toEqual([...given].sort(compareKeys));
      }),
    );
  });

  it('lets other work run in between', async () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `${'x'.repeat(100)}${(index * 7_919) % 60_013}`);
    let turns = 0;
    const other = setInterval(() => turns++, 0);

    const sorted = await sortKeys(keys).finally(() => clearInterval(other));

    expect(turns).toBeGreaterThan(0);
    expect(sorted).toEqual([...keys].sort());
  });
});
