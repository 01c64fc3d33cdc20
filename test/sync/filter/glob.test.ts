import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGlob } from '../../../src/sync/filter/glob.ts';
import { GlobError } from '../../../src/sync/filter/glob-cursor.ts';
import { createGlobMatcher } from '../../../src/sync/filter/glob-matcher.ts';
import { sampleGlobs, sampleKeys } from './arbitrary-globs.ts';

const matcherOf = (glob: string) => createGlobMatcher(parseGlob(glob));

describe('a glob', () => {
  it.each([
    ['file.jpg', ['file.jpg', 'directory/file.jpg'], ['afile.jpg', 'directory/afile.jpg', 'file.jpg/a']],
    ['/file.jpg', ['file.jpg'], ['afile.jpg', 'directory/file.jpg']],
    ['*.jpg', ['file.jpg', 'dir/file.jpg', '.jpg'], ['file.png', 'dir/file.png', 'file.jpg.zip']],
    ['/*.jpg', ['file.jpg', 'file2.jpg'], ['file.png', 'dir/file.jpg']],
    ['*.{jpg,png}', ['file.jpg', 'dir/file.png'], ['file.gif', 'dir/file.gif']],
    ['dir/**', ['dir/anyfile', 'subdir/dir/subsubdir/anyfile'], ['file.png', 'subdir/file.png', 'dir']],
    ['*.t?t', ['file.txt', 'dir/file.tzt'], ['file.qxt', 'dir/file.png', 'file.t/t']],
    ['*.[a-z]', ['file.a', 'dir/file.b'], ['file.0', 'dir/file.1']],
    ['*.\\?\\?\\?', ['file.???', 'dir/file.???'], ['file.abc', 'dir/file.def']],
    ['*.\\d\\d\\d', ['file.012', 'dir/file.345'], ['file.abc', 'dir/file.def', 'file.12']],
    ['*\\[{JP,KR,HK}\\]*', ['game [JP].zip', 'a/[HK]'], ['game [US].zip', 'J']],
    ['/directory/subdirectory/', ['directory/subdirectory/a/b'], ['directory/subdirectory', 'a/directory/subdirectory/b']],
  ])('means what rclone documents for %j', (glob, matching, others) => {
    const matches = matcherOf(glob);

    expect(matching.filter((key) => !matches(key))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  it.each([
    ['**', ['', '/', 'a', 'a//b/', '.\n'], []],
    ['/', ['', '/', 'a/b'], []],
    ['*', ['', 'a', 'a/b', 'a/'], []],
    ['/*', ['', 'a', '.hidden', '..'], ['/', 'a/b', 'a/']],
    ['/a/', ['a/', 'a/b', 'a//'], ['a', 'b/a/', '/a/']],
    ['a**z', ['az', 'a/z', 'x/a1/2z'], ['a/zz1', 'ba/z']],
    ['**/b', ['a/b', '/b', 'a//b'], ['b', 'a/bb']],
    ['/a?b', ['a.b', 'aéb', 'a\u{1f600}b', 'a\nb'], ['ab', 'a/b', 'a..b']],
    ['/a[!b]c', ['aac', 'a!c'], ['abc', 'a/c', 'ac']],
    ['/a[^b-d]c', ['aac', 'a^c'], ['abc', 'acc', 'adc', 'a/c']],
    ['/[-a]', ['-', 'a'], ['b']],
    ['/[a-]', ['-', 'a'], ['b']],
    ['/[\\]\\-x]', [']', '-', 'x'], ['\\', 'w']],
    ['/[\\d_-]', ['7', '_', '-'], ['a']],
    ['/\\D\\S\\W', ['a-+', '.é\u{1f600}'], ['1-+', 'a +', 'a-a', '/-+', 'a-/']],
    ['/\\s\\w', [' a', '\tZ', '\n_'], ['aa', ' -']],
    ['/{a,b{c,d}e,}f', ['af', 'bcef', 'bdef', 'f'], ['bf', 'aff', 'bcf']],
    ['/{a/,b/**/}c', ['a/c', 'b/x/y/c'], ['b/c', 'ac']],
    ['/{}a', ['a'], ['{}a']],
    ['a,b', ['a,b', 'x/a,b'], ['a', 'b']],
    ['/a\\{b\\}\\\\', ['a{b}\\'], ['ab\\']],
    ["/(a|b)+.$^'!", ["(a|b)+.$^'!"], ['a', 'aa']],
  ])('takes %j as it is written', (glob, matching, others) => {
    const matches = matcherOf(glob);

    expect(matching.filter((key) => !matches(key))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  it.each([
    ['//a', ['/a'], ['a', '//a']],
    ['a', ['/a', '//a', './a', '../a'], []],
    ['/./a', ['./a'], ['a']],
    ['/a/../b', ['a/../b'], ['b']],
    ['/a//b', ['a//b'], ['a/b', 'a///b']],
    ['/.*', ['.', '..', '.git'], ['a']],
    ['/a\\\\b', ['a\\b'], ['a/b']],
    ['/a\nb', ['a\nb'], ['a b']],
    ['/*\u0001*', ['a\u0001b'], ['ab']],
    ['/é', ['\u00e9'], ['e\u0301', 'É']],
    ['/A', ['A'], ['a']],
    ['/%2F+', ['%2F+'], ['/+', '%2f+', '/ ']],
  ])('takes keys literally, not as paths: %j', (glob, matching, others) => {
    const matches = matcherOf(glob);

    expect(matching.filter((key) => !matches(key))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  it.each([
    ['', 'is empty'],
    ['***', 'more than two "*"'],
    ['a***b', 'more than two "*"'],
    ['ab]c', '"]" that closes nothing'],
    ['ab}c', '"}" that closes nothing'],
    ['ab{}}cd', '"}" that closes nothing'],
    ['ab[c', '"[" without its "]"'],
    ['ab[c-', '"[" without its "]"'],
    ['ab{c', '"{" without its "}"'],
    ['ab{c,{d}', '"{" without its "}"'],
    ['ab{{cd}}', 'regular expressions'],
    ['a[]b', 'class of no characters'],
    ['a[!]b', 'class of no characters'],
    ['[a--b]', 'does not go upwards'],
    ['[z-a]', 'does not go upwards'],
    ['[a-\\d]', 'does not go upwards'],
    ['[[:alpha:]]', '"[" in a class'],
    ['[a/]', '"/" in a class'],
    ['a\\', 'ends with "\\"'],
    ['a\\b', 'which means nothing'],
    ['[\\p]', 'which means nothing'],
    ['\ud83d', 'half a surrogate pair'],
  ])('is refused, and says why: %j', (glob, problem) => {
    expect(() => parseGlob(glob)).toThrow(problem);
    expect(() => parseGlob(glob)).toThrow(GlobError);
  });

  it('is refused when no key is so long, and not repeated whole', () => {
    expect(() => parseGlob('x'.repeat(1_025))).toThrow('a glob of 1025 characters is longer than 1024 characters');
    expect(matcherOf('x'.repeat(1_024))('x'.repeat(1_024))).toBe(true);
  });

  it('matches what trying everything finds', () => {
    fc.assert(
      fc.property(sampleGlobs, fc.array(sampleKeys, { minLength: 1, maxLength: 20 }), (glob, keys) => {
        const matches = matcherOf(glob.text);

        expect(keys.filter(matches)).toEqual(keys.filter(glob.matches));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['deep stars', '**a'.repeat(341)],
    ['stars', '*a'.repeat(512)],
    ['alternatives in a row', '{*a,a*a,**a,a}'.repeat(70)],
    ['alternatives in alternatives', `${'{a,*'.repeat(200)}a${'}'.repeat(200)}`],
  ])('needs no more steps than key and glob are long, where trying everything would never end: %s', (_, glob) => {
    const matches = matcherOf(glob);

    expect(matches(`${'a'.repeat(1_023)}!`)).toBe(false);
  });
});
