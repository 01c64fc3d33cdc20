import { type CopyDecision, type Decision, decide } from '../compare/decide.ts';
import type { SourcePair } from '../compare/join.ts';
import { type LeaveReason, reasonToLeave } from '../compare/overwrite.ts';
import { createCopier } from '../copy/copy-object.ts';
import { left } from '../copy/copy-verdict.ts';
import { createRehearsal } from '../copy/rehearse.ts';
import type { FailFast } from '../flow/fail-fast.ts';
import { versionOf } from '../object-version.ts';
import type { SliceRequest } from '../slice-request.ts';
import { type Dealer, outcomeOf } from './deal.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

/** Copies what is not current, or in a rehearsal tells of it; tells of large objects. */
export function createSync(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']): Dealer {
  const {
    source,
    destination,
    clock,
    comparison,
    overwrite = 'changed',
    isRehearsal = false,
    largeObjectBytes = LARGE_OBJECT_BYTES,
  } = request;
  const copy = isRehearsal ? createRehearsal(request) : createCopier(request);
  let largeObjects = 0;

  /** Whether it is archived does not matter then. */
  function leave({ source: entry }: SourcePair, decision: CopyDecision, reason: LeaveReason) {
    const tell = createRehearsal({ source, destination, clock }, () => left(entry, reason));
    return tell({ entry: versionOf(entry, entry), decision, signal });
  }

  return {
    deal(pair, place) {
      const entry = pair.source;
      const decision = decide(pair, comparison);
      if (!needsCopier(decision)) return { ...place, kind: 'unchanged' };
      const leaveReason = reasonToLeave(pair, overwrite);
      if (leaveReason !== undefined) return outcomeOf(place, guard(leave(pair, decision, leaveReason)));
      // What is archived is not copied, however large it is.
      const isLarge = entry.sizeBytes >= largeObjectBytes && entry.isArchived !== true && !isRehearsal;
      if (!isLarge) return outcomeOf(place, guard(copy({ entry, decision, signal })));
      largeObjects++;
      return { ...place, kind: 'large', task: { entry: versionOf(entry, entry), decision } };
    },
    largeObjects: () => largeObjects,
  };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action !== 'unchanged' && decision.action !== 'extraneous';
}
