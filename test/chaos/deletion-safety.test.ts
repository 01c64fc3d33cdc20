import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAllReceipts } from '../../src/runs/report/read-receipts.ts';
import { deleteSlice } from '../../src/runs/shards/delete-slice.ts';
import { runSlice } from '../../src/runs/shards/run-slice.ts';
import { RUN_ID, runRecord } from '../support/run-records.ts';
import type { Fault, ProxiedRequest } from '../support/servers/fault-proxy.ts';
import { type StateServer, startStateServer } from '../support/servers/state-server.ts';
import { sliceDependencies } from '../support/slice-dependencies.ts';
import { contentsOf, putObject } from '../support/stores/store-objects.ts';
import { type Side, startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

let two: TwoClouds;
let server: StateServer;

beforeAll(async () => {
  [two, server] = await Promise.all([startTwoClouds(), startStateServer()]);
});
afterAll(async () => {
  await two.stop();
  await server.stop();
});
afterEach(() => {
  two.blob.proxy.setFaults();
  two.s3.proxy.setFaults();
});

const KEYS = Array.from({ length: 20 }, (_, index) => `k${index + 10}`);

const isListing = ({ path }: ProxiedRequest) => /comp=list|list-type=2/.test(path);
const isHead = ({ method }: ProxiedRequest) => method === 'HEAD';

/** A listing without its entries from number `from` on, which says that it is whole. */
const withoutEntries = (from: number) => (body: string) => {
  let seen = 0;
  return body.replaceAll(/<(Contents|Blob)>.*?<\/\1>/gs, (entry) => (seen++ < from ? entry : ''));
};

const HALF: Fault = { kind: 'falsify', change: withoutEntries(KEYS.length / 2) };

interface Trouble {
  readonly what: string;
  readonly faultOf: (request: ProxiedRequest) => Fault | undefined;
  readonly ends: string;
  /** What the report says of what the listing did not tell. */
  readonly receipts?: readonly string[];
}

const ofHalf = (receipt: string) => Array.from({ length: KEYS.length / 2 }, () => receipt);
const inListing = (fault: Fault) => (request: ProxiedRequest) => (isListing(request) ? fault : undefined);

const TROUBLES: readonly Trouble[] = [
  {
    what: 'denies its listing',
    faultOf: inListing({ kind: 'refuse', status: 403, code: 'AccessDenied' }),
    ends: 'failed permission-denied',
  },
  { what: 'fails to list', faultOf: inListing({ kind: 'refuse', status: 500, code: 'InternalError' }), ends: 'error' },
  { what: 'breaks its listing off', faultOf: inListing({ kind: 'cut' }), ends: 'error' },
  {
    what: 'falsely lists nothing',
    faultOf: inListing({ kind: 'falsify', change: withoutEntries(0) }),
    ends: 'done held-back',
    receipts: KEYS.map(() => 'extraneous'),
  },
  { what: 'falsely lists half of a page', faultOf: inListing(HALF), ends: 'done', receipts: ofHalf('kept source-has-it') },
  {
    what: 'lists half of a page and denies the rest',
    faultOf: (request) => (isListing(request) ? HALF : isHead(request) ? { kind: 'refuse', status: 403 } : undefined),
    ends: 'done',
    receipts: ofHalf('delete-failed permission-denied'),
  },
  {
    what: 'lists half of a page and fails to answer for the rest',
    faultOf: (request) => (isListing(request) ? HALF : isHead(request) ? { kind: 'refuse', status: 500 } : undefined),
    ends: 'done',
    receipts: ofHalf('delete-failed unavailable'),
  },
];

describe.each([
  { source: (): Side => two.blob, destination: (): Side => two.s3, way: 'Blob Storage to S3' },
  { source: (): Side => two.s3, destination: (): Side => two.blob, way: 'S3 to Blob Storage' },
])('from $way nothing that the source has is deleted', ({ source, destination, way }) => {
  it.each(TROUBLES)('when the source $what', async ({ what, faultOf, ends, receipts = [] }) => {
    const prefix = `${way.at(-1)}/${what}/`;
    const behind = { source: source().openBehindProxy(prefix), destination: destination().openBehindProxy(prefix) };
    for (const key of KEYS) await Promise.all([putObject(behind.source, key, BYTES), putObject(behind.destination, key, BYTES)]);
    source().proxy.setFaults(faultOf);

    const run = await mirror(source(), destination(), prefix);

    expect([...(await contentsOf(behind.destination)).keys()].sort()).toEqual(KEYS);
    expect(run).toEqual({ end: ends, receipts });
  });
});

const BYTES = Buffer.from('text');

/** One run with deletions, which may delete everything; how it ended, and what its receipts say. */
async function mirror(source: Side, destination: Side, prefix: string) {
  const state = server.createState();
  const stores = { source: source.open(prefix), destination: destination.open(prefix) };
  const dependencies = sliceDependencies(state, stores);
  const record = runRecord({ state: 'running' });
  const guard = { maxCount: 1_000, maxPercent: 100, allowEmptySource: false };
  await dependencies.records.create({ ...record, options: { ...record.options, compare: 'size', delete: guard } });
  await dependencies.plans.create(RUN_ID, { ranges: [{}], lanes: 1 });
  const task = { runId: RUN_ID, attempt: 1 };

  async function run(): Promise<string> {
    const compared = await runSlice(dependencies, { ...task, lane: 0 });
    if (compared.end === 'failed') return `failed ${compared.failure.code}`;
    const { end } = await deleteSlice(dependencies, task);
    return [end, (await dependencies.records.find(RUN_ID))?.deletion?.state].filter(Boolean).join(' ');
  }

  const end = await run().catch(() => 'error');
  const plan = await dependencies.plans.find(RUN_ID);
  const receipts = await Array.fromAsync(readAllReceipts(state, RUN_ID, plan), (receipt) =>
    [receipt.action, ...('reason' in receipt ? [receipt.reason] : [])].join(' '),
  );
  return { end, receipts };
}
