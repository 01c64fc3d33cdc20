const FACTORS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ...['K', 'M', 'G', 'T', 'P'].flatMap((letter, index): [string, number][] => [
    [`${letter}iB`, 1_024 ** (index + 1)],
    [`${letter === 'K' ? 'k' : letter}B`, 1_000 ** (index + 1)],
  ]),
]);

/** A size as people write it: with its unit, of 1,024 (`10 MiB`) or 1,000 (`10 MB`) bytes and so on. */
export const BYTE_SIZE = /^(\d{1,15}(?:\.\d{1,15})?) ?(B|kB|KiB|[MGTP]i?B)$/;

/** The bytes of a size, to the nearest. Throws a RangeError when `size` is not as {@link BYTE_SIZE}. */
function parseByteSize(size: string): number {
  const [, number, unit = ''] = BYTE_SIZE.exec(size) ?? [];
  const factor = FACTORS.get(unit);
  if (factor === undefined) throw new RangeError(`${JSON.stringify(size)} is not a size, such as 10 MiB.`);
  return Math.round(Number(number) * factor);
}

/** A number of bytes, or a size as people write it, in bytes. */
export function bytesOf(size: number | string): number {
  return typeof size === 'number' ? size : parseByteSize(size);
}
