import type { FailFast } from '../flow/fail-fast.ts';
import type { SliceRequest } from '../slice-request.ts';
import { createAuditor } from './audit.ts';
import { type ObjectHandler, outcomeOf } from './object-handler.ts';

/** Copies nothing: tells of every object whether its copy has the same content. */
export function createAuditHandler(
  request: SliceRequest & Required<Pick<SliceRequest, 'audit'>>,
  signal: AbortSignal,
  guard: FailFast['guard'],
): ObjectHandler {
  const audit = createAuditor({ ...request, readContent: request.audit.readContent });
  return { handle: (pair, base) => outcomeOf(base, guard(audit(pair, signal))), largeObjects: () => 0 };
}
