import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inUtf8Order, type OrderedListing } from '../../../src/stores/blob/listing/utf16-order.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';

const part = fc.constantFrom('a', 'b', '/', '\ud7ff', '\ue000', '\uf8ff', '\uffff', '😀', '😁', '\u{10ffff}');
const key = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
const keys = fc.uniqueArray(key, { maxLength: 60 });

interface Requests {
  pages: number;
  entries: number;
}

interface Service {
  readonly pageSize?: number;
  readonly order?: 'utf-16' | 'utf-8';
  readonly startFrom?: 'honoured' | 'ignored';
  readonly requests?: Requests;
  readonly maxSorted?: number;
}

const ORDERS = { 'utf-16': (a: string, b: string) => (a < b ? -1 : Number(a > b)), 'utf-8': compareKeys };

/** As a service lists. */
function serviceWith(all: readonly string[], service: Service): OrderedListing<string> {
  const { pageSize = 5_000, order = 'utf-16', startFrom = 'honoured', requests = { pages: 0, entries: 0 } } = service;
  const compare = ORDERS[order];
  const sorted = all.toSorted(compare);
  return {
    nameOf: (name) => name,
    async *open(start, size) {
      const step = size === 'pages' ? pageSize : 1;
      const from = startFrom === 'ignored' ? 0 : sorted.findIndex((name) => compare(name, start) >= 0);
      requests.pages++;
      for (let at = from < 0 ? sorted.length : from; at < sorted.length; at += step) {
        requests.entries += Math.min(step, sorted.length - at);
        yield sorted.slice(at, at + step);
        if (at + step < sorted.length) requests.pages++;
      }
    },
  };
}

/** What follows the start, as the caller would keep it. */
async function listed(all: readonly string[], service: Service, startAfter?: string): Promise<string[]> {
  const names = (await Array.fromAsync(inUtf8Order(serviceWith(all, service), startAfter, service.maxSorted))).flat();
  return names.filter((name) => startAfter === undefined || compareKeys(name, startAfter) > 0);
}

const following = (all: readonly string[], startAfter?: string) =>
  all.filter((name) => startAfter === undefined || compareKeys(name, startAfter) > 0).toSorted(compareKeys);

const service = fc.record({
  pageSize: fc.integer({ min: 1, max: 20 }),
  order: fc.constantFrom('utf-16' as const, 'utf-8' as const),
  startFrom: fc.constantFrom('honoured' as const, 'ignored' as const),
  maxSorted: fc.integer({ min: 0, max: 20 }),
});

describe('putting an Azure listing in UTF-8 order', () => {
  it('gives every name once, by its UTF-8 bytes, whatever the pages and the start are', async () => {
    await fc.assert(
      fc.asyncProperty(keys, service, fc.option(key, { nil: undefined }), async (all, kind, startAfter) => {
        expect(await listed(all, kind, startAfter)).toEqual(following(all, startAfter));
      }),
      { numRuns: 4_000 },
    );
  });

  it('is right for the order that is the standard', () => {
    fc.assert(fc.property(key, key, (a, b) => Math.sign(compareKeys(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it('makes no request of its own where no name has an emoji', async () => {
    const requests = { pages: 0, entries: 0 };
    const all = Array.from({ length: 1_000 }, (_, n) => `dir/${n}\uff01`);

    await listed(all, { pageSize: 100, requests });

    expect(requests).toEqual({ pages: 10, entries: 1_000 });
  });

  it('makes none where those that begin alike are few', async () => {
    const requests = { pages: 0, entries: 0 };
    const all = Array.from({ length: 1_000 }, (_, n) => [`dir${n}/😀`, `dir${n}/\uff01`]).flat();

    expect(await listed(all, { pageSize: 100, requests })).toEqual(following(all));
    expect(requests).toEqual({ pages: 20, entries: 2_000 });
  });

  it.each([
    ['all begin with an emoji', (n: number) => `🎵 music/${String(n).padStart(6, '0')}.mp3`],
    ['each begins with another character', (n: number) => `x${String.fromCodePoint(0x20000 + n)}`],
    ['emoji and what is above them take turns', (n: number) => `x${n % 2 ? '😀' : '\uff01'}${n}`],
    ['all begin with many emoji', (n: number) => `${'🎵'.repeat(100)}${n}`],
  ])('lists 30,000 names with few requests more where %s', async (_, name) => {
    const requests = { pages: 0, entries: 0 };
    const all = ['a', ...Array.from({ length: 30_000 }, (_value, n) => name(n)), '\uff01end'];

    expect(await listed(all, { pageSize: 1_000, requests })).toEqual(following(all));
    expect(requests.pages).toBeLessThan(31 + 16 + 110);
    expect(requests.entries).toBeLessThan(1.7 * all.length);
  });

  it('holds a few pages of a long branch, and not all of it', async () => {
    let mostAhead = 0;
    let given = 0;
    let taken = 0;
    const source = serviceWith(
      Array.from({ length: 100_000 }, (_, n) => `😀${n}`),
      { pageSize: 1_000 },
    );
    const counting: OrderedListing<string> = {
      nameOf: source.nameOf,
      async *open(start, size) {
        for await (const page of source.open(start, size)) {
          given += page.length;
          mostAhead = Math.max(mostAhead, given - taken);
          yield page;
        }
      },
    };

    for await (const page of inUtf8Order(counting)) taken += page.length;

    expect(taken).toBe(100_000);
    expect(mostAhead).toBeLessThan(15_000);
  });

  it('does not list again what was before the start', async () => {
    const requests = { pages: 0, entries: 0 };
    const all = Array.from({ length: 10_000 }, (_, n) => [`\uff01${String(n).padStart(5, '0')}`, `😀${String(n).padStart(5, '0')}`]).flat();

    expect(await listed(all, { pageSize: 100, requests }, '\uff0109990')).toEqual(following(all, '\uff0109990'));
    expect(requests.entries).toBeLessThan(10_400);
  });
});
