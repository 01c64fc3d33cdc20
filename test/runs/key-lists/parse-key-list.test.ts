import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyListError, parseKeyList } from '../../../src/runs/key-lists/parse-key-list.ts';

/** The text in pieces, as a service sends it. */
async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += 3) yield bytes.subarray(from, from + 3);
}

const keysIn = (text: string, format: 'ndjson' | 'csv') => Array.fromAsync(parseKeyList(inPieces(text), format));

describe('a list of keys', () => {
  it.each([
    ['strings, a line each', '"a"\n"b/c"\n', ['a', 'b/c']],
    ['objects with a key', '{"key":"a","size":1}\n{"key":"b"}', ['a', 'b']],
    ['empty lines and CRLF', '"a"\r\n\r\n  \n"b"\r\n', ['a', 'b']],
    ['a byte order mark', '\ufeff"a"', ['a']],
    ['what JSON escapes', '"a\\nb\\u00e9"', ['a\nb\u00e9']],
    ['nothing', '', []],
  ])('of NDJSON may hold %s', async (_, text, keys) => {
    expect(await keysIn(text, 'ndjson')).toEqual(keys);
  });

  it.each([
    ['one column', 'a\nb/c\n', ['a', 'b/c']],
    ['a column that is named', 'size,key\n1,a\n2,b', ['a', 'b']],
    ['more columns, of which the first counts', 'a,1\nb,2', ['a', 'b']],
    ['quotes, with commas, quotes and line ends in them', '"a,b"\n"c""d"\n"e\nf"', ['a,b', 'c"d', 'e\nf']],
    ['empty lines and CRLF', 'key\r\na\r\n\r\nb\r\n', ['a', 'b']],
    ['a byte order mark', '\ufeffkey\na', ['a']],
    ['lines of different lengths', 'a\nb,1,2', ['a', 'b']],
    ['nothing', '', []],
  ])('of CSV may hold %s', async (_, text, keys) => {
    expect(await keysIn(text, 'csv')).toEqual(keys);
  });

  it.each([
    ['ndjson', '"a"\n{', 'Line 2 is not valid JSON.'],
    ['ndjson', '1', 'Line 1 is neither a JSON string nor an object with a "key" that is one.'],
    ['ndjson', '{"key":1}', 'Line 1 is neither'],
    ['ndjson', '""', 'Line 1 has no key.'],
    ['ndjson', '"\\ud800"', 'The key of line 1 is not valid Unicode.'],
    ['csv', 'a\n"b', 'It is not valid CSV:'],
    ['csv', 'size,key\n1,', 'Line 2 has no key.'],
  ] as const)('of %s is refused, and says where: %j', async (format, text, message) => {
    const reading = keysIn(text, format);

    await expect(reading).rejects.toThrow(KeyListError);
    await expect(reading).rejects.toThrow(message);
  });

  it('gives every key as it was written, whatever is in it', async () => {
    const keys = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(keys, async (list) => {
        const ndjson = list.map((key) => JSON.stringify(key)).join('\n');
        const csv = `key\n${list.map((key) => `"${key.replaceAll('"', '""')}"`).join('\n')}`;

        expect(await keysIn(ndjson, 'ndjson')).toEqual(list);
        expect(await keysIn(csv, 'csv')).toEqual(list);
      }),
    );
  });
});

describe('a list of keys of any size', () => {
  const MIB = Buffer.alloc(1024 * 1024, 'x');

  /** Tells how much of it was asked for. */
  function endless(...first: readonly string[]) {
    const read = { mebibytes: 0 };
    async function* body() {
      for (const text of first) yield Buffer.from(text);
      for (;;) {
        read.mebibytes++;
        yield MIB;
      }
    }
    return { read, body: body() };
  }

  it.each([
    ['ndjson', '"a"\n"', /^Line 2 is longer than 65536 characters\. /],
    ['csv', 'key\na\n"b', /^It is not valid CSV: the record at line 3 has more than 65536 characters; close its quotes/],
    ['csv', 'key\na\nb', /^It is not valid CSV: the record at line 3 has more than 65536 characters/],
  ] as const)('is not read further than a line of %s that does not end: %j', async (format, first, message) => {
    const { read, body } = endless(first);

    const failure = await Array.fromAsync(parseKeyList(body, format)).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(KeyListError);
    expect((failure as Error).message).toMatch(message);
    expect(read.mebibytes).toBeLessThan(4);
  });

  it.each(['ndjson', 'csv'] as const)('is not read further than its size may be: %s', async (format) => {
    await expect(Array.fromAsync(parseKeyList(inPieces('"a"\n'.repeat(100)), format, 398))).rejects.toThrow(
      'larger than 398 bytes. Split it',
    );
    expect(await Array.fromAsync(parseKeyList(inPieces('"a"\n'.repeat(100)), format, 400))).toHaveLength(100);
  });

  it.each(['ndjson', 'csv'] as const)('is refused where a key of %s is longer than any', async (format) => {
    const list = (key: string) => (format === 'csv' ? `key\n${key}\n` : `${JSON.stringify(key)}\n`);

    expect(await keysIn(list('k'.repeat(1_024)), format)).toHaveLength(1);
    await expect(keysIn(list('k'.repeat(1_025)), format)).rejects.toThrow(
      /^The key of line \d has more than 1024 characters, .* Take it out\.$/,
    );
  });

  it.each(['ndjson', 'csv'] as const)('ends with what ends its body: %s', async (format) => {
    async function* broken() {
      yield Buffer.from('"a"\n');
      throw new Error('The connection was lost.');
    }

    await expect(Array.fromAsync(parseKeyList(broken(), format))).rejects.toThrow('The connection was lost.');
  });
});
