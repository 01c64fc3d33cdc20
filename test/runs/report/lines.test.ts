import { describe, expect, it } from 'vitest';
import { LineTooLongError, linesOf } from '../../../src/runs/report/lines.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe('the lines of a text', () => {
  it.each([1, 2, 3, 100])('are the same however the text comes, here in pieces of %i bytes', async (size) => {
    expect(await Array.fromAsync(linesOf(inPieces('a\n\nb\u00e9\u{1f600}\nrest', size)))).toEqual(['a', '', 'b\u00e9\u{1f600}']);
  });

  it('may be long: 64 MB in pieces of 4 KiB would take minutes in square time', async () => {
    async function* long() {
      for (let piece = 0; piece < 16_000; piece++) yield Buffer.alloc(4_096, 'x');
      yield Buffer.from('\n');
    }

    const [line] = await Array.fromAsync(linesOf(long()));

    expect(line?.length).toBe(65_536_000);
  });

  it('have a limit, and the one that is over it is named', async () => {
    const reading = Array.fromAsync(linesOf(inPieces(`short\n${'x'.repeat(100)}`, 7), 50));

    await expect(reading).rejects.toMatchObject({ line: 2 });
    await expect(reading).rejects.toBeInstanceOf(LineTooLongError);
  });
});
