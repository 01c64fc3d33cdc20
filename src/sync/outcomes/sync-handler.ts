import { type CopyDecision, changesOf, type Decision, decide } from '../compare/decide.ts';
import type { SourcePair } from '../compare/join.ts';
import { type LeaveReason, reasonToLeave } from '../compare/overwrite.ts';
import { resolveDecision } from '../compare/resolve-decision.ts';
import { createCopier } from '../copy/copy-object.ts';
import { createRehearsal } from '../copy/rehearse.ts';
import type { FailFast } from '../flow/fail-fast.ts';
import { pairOf } from '../pairs/proved-pair.ts';
import type { SliceRequest } from '../slice-request.ts';
import { type ObjectVersion, versionOf } from '../store/object-version.ts';
import { type ObjectHandler, type OutcomeBase, outcomeOf, unchangedOutcome } from './object-handler.ts';
import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';
import { type Current, current, explain, left, toReceipt } from './verdict.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

/** Copies what is not current, or in a rehearsal says so; hands over large objects. */
export function createSyncHandler(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']): ObjectHandler {
  const { comparison, isRehearsal = false, largeObjectBytes = LARGE_OBJECT_BYTES } = request;
  const copy = isRehearsal ? createRehearsal(request) : createCopier(request);
  const resolveLarge = createLargeObjectResolver(request, signal, handOver);
  let largeObjects = 0;

  function handOver(entry: ObjectVersion, decision: CopyDecision, base: OutcomeBase): Outcome {
    largeObjects++;
    return { ...base, kind: 'large', task: { entry, decision } };
  }

  /** Whether it is archived does not matter then. */
  function leave({ source: entry }: SourcePair, decision: CopyDecision, reason: LeaveReason) {
    const tell = createRehearsal(request, () => left(entry, reason));
    return tell({ entry: versionOf(entry, entry), decision, signal });
  }

  return {
    handle(pair, base) {
      const entry = pair.source;
      const decision = decide(pair, comparison);
      if (!needsCopier(decision)) return unchangedByListing(pair, base, request);
      const leaveReason = reasonToLeave(pair, request, comparison);
      if (leaveReason !== undefined) return outcomeOf(base, guard(leave(pair, decision, leaveReason)));
      // Archived objects are not copied, however large they are.
      const isLarge = entry.sizeBytes >= largeObjectBytes && entry.isArchived !== true && !isRehearsal;
      if (!isLarge) return outcomeOf(base, guard(copy({ entry, decision, signal })));
      const version = versionOf(entry, entry);
      return decision.action === 'copy' ? handOver(version, decision, base) : guard(resolveLarge(version, decision, base));
    },
    largeObjects: () => largeObjects,
  };
}

/** A pair that was proved before is not recorded again, unless a listing shows its times for the first time. */
function unchangedByListing(found: SourcePair, base: OutcomeBase, { comparison }: SliceRequest): Outcome {
  const { source, destination, proved } = found;
  const isNews = proved?.source.modifiedAt === undefined || proved.destination.modifiedAt === undefined;
  if (!isNews || destination === undefined) return unchangedOutcome(base, undefined);
  const changes = changesOf(found);
  const isAsProved = changes?.source === 'same' && changes.destination === 'same';
  // Else a mark makes it unchanged, or its size, which proves nothing.
  if (!isAsProved && comparison === 'size') return unchangedOutcome(base, undefined);
  return unchangedOutcome(base, pairOf(versionOf(source, source), destination, isAsProved && proved ? proved : { isByMark: true }));
}

/** Asks what is to be asked about a large object, so that only what is to be copied is handed over. Its content is not read: that takes too long. */
function createLargeObjectResolver(
  request: SliceRequest,
  signal: AbortSignal,
  handOver: (entry: ObjectVersion, decision: CopyDecision, base: OutcomeBase) => Outcome,
) {
  const { clock } = request;

  async function resolve(entry: ObjectVersion, decision: CopyDecision): Promise<CopyDecision | Current> {
    const resolved = await resolveDecision(request, entry, decision, { signal, readContent: false });
    return resolved.action === 'copy' ? resolved : current(entry, resolved.destination, resolved);
  }

  return async (entry: ObjectVersion, decision: CopyDecision, base: OutcomeBase): Promise<Outcome> => {
    const startedAt = clock();
    const resolved: CopyDecision | Current | Receipt = await resolve(entry, decision).catch((error) =>
      toReceipt(explain(request, entry, error), startedAt, clock()),
    );
    if ('key' in resolved) return { ...base, kind: 'receipt', receipt: resolved };
    if (resolved.action === 'current') return unchangedOutcome(base, pairOf(resolved.entry, resolved.destination, resolved));
    return handOver(entry, resolved, base);
  };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action !== 'unchanged' && decision.action !== 'extraneous';
}
