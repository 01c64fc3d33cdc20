import { describe, expect, it } from 'vitest';
import { coarsen, cutAt, subtract, union } from '../../../src/sync/filter/range-set.ts';

const range = (after: string, through: string) => ({ after, through });

describe('sets of key ranges', () => {
  it.each([
    [[], []],
    [
      [range('c', 'd'), range('a', 'b')],
      [range('a', 'b'), range('c', 'd')],
    ],
    [[range('a', 'b'), range('b', 'c')], [range('a', 'c')]],
    [[range('a', 'd'), range('b', 'c')], [range('a', 'd')]],
    [[range('a', 'c'), range('b', 'd')], [range('a', 'd')]],
    [[{ after: 'b' }, range('a', 'c'), { after: 'z' }], [{ after: 'a' }]],
    [[{ through: 'b' }, range('a', 'c'), { through: 'a' }], [{ through: 'c' }]],
    [[{}, range('a', 'c')], [{}]],
    [[range('\uffee', '\u{10000}'), range('a', '\ufff0')], [range('a', '\u{10000}')]],
  ])('%j are together %j', (ranges, together) => {
    expect(union(ranges)).toEqual(together);
  });

  it.each([
    [range('b', 'c'), [range('a', 'b'), range('c', 'e')]],
    [range('a', 'c'), [range('c', 'e')]],
    [range('c', 'e'), [range('a', 'c')]],
    [range('a', 'e'), []],
    [range('', 'c'), [range('c', 'e')]],
    [range('e', 'f'), [range('a', 'e')]],
    [range('f', 'g'), [range('a', 'e')]],
    [range('', 'a'), [range('a', 'e')]],
    [{ after: 'c' }, [range('a', 'c')]],
    [{ through: 'c' }, [range('c', 'e')]],
    [{}, []],
  ])('without %j is left of a to e: %j', (hole, left) => {
    expect(subtract([range('a', 'e')], hole)).toEqual(left);
  });

  it('has a hole in all keys', () => {
    expect(subtract([{}], range('b', 'c'))).toEqual([{ through: 'b' }, { after: 'c' }]);
  });

  it.each([
    [[], [range('a', 'c'), range('d', 'f')]],
    [['b'], [range('a', 'b'), range('b', 'c'), range('d', 'f')]],
    [
      ['e', 'b', 'e'],
      [range('a', 'b'), range('b', 'c'), range('d', 'e'), range('e', 'f')],
    ],
    [
      ['a', 'c', 'cc', 'd', 'f', 'g'],
      [range('a', 'c'), range('d', 'f')],
    ],
  ])('are cut at keys that are inside: %j', (keys, pieces) => {
    expect(cutAt([range('a', 'c'), range('d', 'f')], keys)).toEqual(pieces);
  });

  it('are made few by joining neighbours', () => {
    const set = [{ through: 'a' }, range('b', 'c'), range('d', 'e'), range('f', 'g'), { after: 'h' }];

    expect(coarsen(set, 5)).toEqual(set);
    expect(coarsen(set, 3)).toEqual([{ through: 'c' }, range('d', 'g'), { after: 'h' }]);
    expect(coarsen(set, 1)).toEqual([{}]);
  });
});
