import type { RunRecord } from '../../src/runs/record.ts';
import type { CopiedReceipt, FailedReceipt } from '../../src/sync/outcomes/receipt.ts';

export const RUN_ID = '1700000000000-0123abcd';

/** A run that has just been asked for. */
export function runRecord(more: Partial<RunRecord> = {}): RunRecord {
  return {
    id: RUN_ID,
    state: 'queued',
    startedBy: 'http',
    attempt: 1,
    createdAt: '2023-11-14T22:13:20.000Z',
    source: 's3://bucket/from/',
    destination: 'https://account.blob.core.windows.net/container/to/',
    options: { compare: 'auto', concurrency: 4, lanes: 1 },
    ...more,
  };
}

const BASE = { sizeBytes: 3, sourceEtag: '"1"', at: '2023-11-14T22:13:21.000Z', milliseconds: 5 };

export function copied(key: string, more: Partial<CopiedReceipt> = {}): CopiedReceipt {
  return {
    ...BASE,
    key,
    action: 'copied',
    reason: 'missing',
    destinationEtag: '"2"',
    crc64nvme: 'AAAAAAAAAAA=',
    verified: 'crc64',
    way: 'streamed',
    ...more,
  };
}

export function failed(key: string, message = 'It could not be read.'): FailedReceipt {
  return { ...BASE, key, action: 'failed', reason: 'permission-denied', message };
}
