import { type CopyDecision, changesOf, type Decision, decide } from '../compare/decide.ts';
import type { SourcePair } from '../compare/join.ts';
import { type LeaveReason, reasonToLeave } from '../compare/overwrite.ts';
import { settleDecision } from '../compare/resolve-decision.ts';
import { createCopier } from '../copy/copy-object.ts';
import { createRehearsal } from '../copy/rehearse.ts';
import type { FailFast } from '../flow/fail-fast.ts';
import { pairOf } from '../pairs/proved-pair.ts';
import type { SliceRequest } from '../slice-request.ts';
import { type ObjectVersion, versionOf } from '../store/object-version.ts';
import { type Dealer, outcomeOf, type Place, unchangedOutcome } from './object-handler.ts';
import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';
import { type Current, current, explain, left, toReceipt } from './verdict.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

/** Copies what is not current, or in a rehearsal says so; hands over large objects. */
export function createSync(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']): Dealer {
  const { comparison, isRehearsal = false, largeObjectBytes = LARGE_OBJECT_BYTES } = request;
  const copy = isRehearsal ? createRehearsal(request) : createCopier(request);
  const settleLarge = createLargeSettler(request, signal, handOver);
  let largeObjects = 0;

  function handOver(entry: ObjectVersion, decision: CopyDecision, place: Place): Outcome {
    largeObjects++;
    return { ...place, kind: 'large', task: { entry, decision } };
  }

  /** Whether it is archived does not matter then. */
  function leave({ source: entry }: SourcePair, decision: CopyDecision, reason: LeaveReason) {
    const tell = createRehearsal(request, () => left(entry, reason));
    return tell({ entry: versionOf(entry, entry), decision, signal });
  }

  return {
    deal(pair, place) {
      const entry = pair.source;
      const decision = decide(pair, comparison);
      if (!needsCopier(decision)) return unchangedByListing(pair, place, request);
      const leaveReason = reasonToLeave(pair, request, comparison);
      if (leaveReason !== undefined) return outcomeOf(place, guard(leave(pair, decision, leaveReason)));
      // What is archived is not copied, however large it is.
      const isLarge = entry.sizeBytes >= largeObjectBytes && entry.isArchived !== true && !isRehearsal;
      if (!isLarge) return outcomeOf(place, guard(copy({ entry, decision, signal })));
      const version = versionOf(entry, entry);
      return decision.action === 'copy' ? handOver(version, decision, place) : guard(settleLarge(version, decision, place));
    },
    largeObjects: () => largeObjects,
  };
}

/** What was proved before need not be written down again, unless a listing shows its times for the first time. */
function unchangedByListing(found: SourcePair, place: Place, { comparison }: SliceRequest): Outcome {
  const { source, destination, proved } = found;
  const isNews = proved?.source.modifiedAt === undefined || proved.destination.modifiedAt === undefined;
  if (!isNews || destination === undefined) return unchangedOutcome(place, undefined);
  const changes = changesOf(found);
  const isAsProved = changes?.source === 'same' && changes.destination === 'same';
  // Else a mark makes it unchanged, or its size, which proves nothing.
  if (!isAsProved && comparison === 'size') return unchangedOutcome(place, undefined);
  return unchangedOutcome(place, pairOf(versionOf(source, source), destination, isAsProved && proved ? proved : { isByMark: true }));
}

/** Asks what is to be asked about a large object, so that only what is to be copied is handed over. Its content is not read: that takes too long. */
function createLargeSettler(
  request: SliceRequest,
  signal: AbortSignal,
  handOver: (entry: ObjectVersion, decision: CopyDecision, place: Place) => Outcome,
) {
  const { clock } = request;

  async function settle(entry: ObjectVersion, decision: CopyDecision): Promise<CopyDecision | Current> {
    const settled = await settleDecision(request, entry, decision, { signal, readContent: false });
    return settled.action === 'copy' ? settled : current(entry, settled.destination, settled);
  }

  return async (entry: ObjectVersion, decision: CopyDecision, place: Place): Promise<Outcome> => {
    const startedAt = clock();
    const settled: CopyDecision | Current | Receipt = await settle(entry, decision).catch((error) =>
      toReceipt(explain(request, entry, error), startedAt, clock()),
    );
    if ('key' in settled) return { ...place, kind: 'receipt', receipt: settled };
    if (settled.action === 'current') return unchangedOutcome(place, pairOf(settled.entry, settled.destination, settled));
    return handOver(entry, settled, place);
  };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action !== 'unchanged' && decision.action !== 'extraneous';
}
