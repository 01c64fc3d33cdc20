import type { FailFast } from '../flow/fail-fast.ts';
import type { SliceRequest } from '../slice-request.ts';
import { createAuditor } from './audit.ts';
import { type Dealer, outcomeOf } from './object-handler.ts';

/** Copies nothing: tells of every object whether its copy has the same content. */
export function createAudit(
  request: SliceRequest & Required<Pick<SliceRequest, 'audit'>>,
  signal: AbortSignal,
  guard: FailFast['guard'],
): Dealer {
  const audit = createAuditor({ ...request, readContent: request.audit.readContent });
  return { deal: (pair, place) => outcomeOf(place, guard(audit(pair, signal))), largeObjects: () => 0 };
}
