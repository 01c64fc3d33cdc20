import type { Location } from '../../config/locations.ts';
import { PART_SIZES } from '../../sync/copy/copy-parts.ts';
import { planParts } from '../../sync/copy/part-plan.ts';
import type { WouldCopyReceipt } from '../../sync/outcomes/receipt.ts';
import type { Counts } from '../../sync/outcomes/tally.ts';

/** Requests to one side, in the classes that both clouds bill by. */
interface Requests {
  readonly list: number;
  readonly read: number;
  readonly write: number;
}

/** The forecast of a dry run for the run itself. */
export interface Forecast {
  /** Objects that would be copied. */
  readonly objects: number;
  /** Their bytes, all of which leave the source's cloud. */
  readonly egressBytes: number;
  readonly source: Requests;
  readonly destination: Requests;
}

/** Adds up what would be copied. */
export interface Forecaster {
  add(receipt: WouldCopyReceipt): void;
  /** `counts` are those of the dry run. */
  forecast(counts: Pick<Counts, 'listed' | 'extraneous' | 'wouldDelete'>, way?: 'by-listings' | 'by-keys'): Forecast;
}

interface Store {
  readonly maxParts: number;
  readonly maxPartBytes: number;
  /** To begin and to commit an upload in parts. */
  readonly requestsOfUpload: number;
  /** Objects in a page of its listing. */
  readonly pageSize: number;
}

const STORES: Readonly<Record<Location['kind'], Store>> = {
  s3: { maxParts: 10_000, maxPartBytes: 5 * 1024 ** 3, requestsOfUpload: 2, pageSize: 1_000 },
  blob: { maxParts: 50_000, maxPartBytes: 4_000 * 1024 ** 2, requestsOfUpload: 1, pageSize: 2_500 },
};

/** Retries, and what planning a large run takes, are not foretold. */
export function createForecaster(source: Location['kind'], destination: Location['kind']): Forecaster {
  const { requestsOfUpload, ...limits } = STORES[destination];
  let objects = 0;
  let egressBytes = 0;
  let reads = 0;
  let writes = 0;
  return {
    add({ sizeBytes }) {
      objects++;
      egressBytes += sizeBytes;
      const isWhole = sizeBytes <= PART_SIZES.bufferBytes;
      const parts = isWhole ? 0 : (planParts(sizeBytes, limits, PART_SIZES)?.partCount ?? 0);
      reads += 1 + parts;
      writes += isWhole ? 1 : parts + requestsOfUpload;
    },
    forecast({ listed, extraneous, wouldDelete }, way = 'by-listings') {
      const totals = { objects, egressBytes };
      // Each key of a list is asked for on both sides.
      if (way === 'by-keys')
        return { ...totals, source: { list: 0, read: reads + listed, write: 0 }, destination: { list: 0, read: listed, write: writes } };
      return {
        ...totals,
        // Each object is asked for before its deletion.
        source: { list: pagesOf(listed, source), read: reads + wouldDelete, write: 0 },
        destination: { list: pagesOf(listed - objects + extraneous, destination), read: 0, write: writes + wouldDelete },
      };
    },
  };
}

function pagesOf(objects: number, kind: Location['kind']): number {
  return Math.max(1, Math.ceil(objects / STORES[kind].pageSize));
}
