import type { Limits } from '../../sync/flow/limits.ts';
import type { RunRecord } from '../record.ts';

/** The share of a run's limits that one of so many activities has, which work on it at the same time. */
export function limitsOf({ options }: Pick<RunRecord, 'options'>, sharers: number): Limits {
  const { bandwidth, requestsPerSecond } = options;
  return {
    bytesPerSecond: bandwidth && bandwidth / sharers,
    requestsPerSecond: requestsPerSecond && requestsPerSecond / sharers,
  };
}
