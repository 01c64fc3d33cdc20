import { createAuditor } from './audit.ts';
import { createCopier } from './copy-object.ts';
import { versionOf } from './copy-task.ts';
import { left } from './copy-verdict.ts';
import { type CopyDecision, type Decision, decide } from './decide.ts';
import { extraneousReceipt } from './deletion-receipts.ts';
import type { FailFast } from './fail-fast.ts';
import type { Filter } from './filter.ts';
import type { KeyPair, SourcePair } from './join.ts';
import type { Outcome } from './outcome.ts';
import { reasonToLeave } from './overwrite.ts';
import type { Receipt } from './receipt.ts';
import { createRehearsal } from './rehearse.ts';
import type { SliceRequest } from './slice.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

type Place = Pick<Outcome, 'key' | 'isAtDestination'>;

/** Deals with an object that the source has and the sync is about. */
type Deal = (pair: SourcePair, place: Place) => Outcome | Promise<Outcome>;

/** Gives each pair its outcome, at once where nothing is to be asked or copied here. */
export function createSettler(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { filter, tellExtraneous = false, clock } = request;
  const { deal, largeObjects } = request.audit === undefined ? createSync(request, signal, guard) : createAudit(request, signal, guard);

  function settle(pair: KeyPair): Outcome | Promise<Outcome> {
    const place = { key: (pair.source ?? pair.destination).key, isAtDestination: pair.destination !== undefined };
    if (filter !== undefined && !passes(filter, pair)) return { ...place, kind: 'filtered', isAtSource: pair.source !== undefined };
    if (pair.source !== undefined) return deal(pair, place);
    if (!tellExtraneous) return { ...place, kind: 'extraneous' };
    return { ...place, kind: 'receipt', receipt: extraneousReceipt(pair.destination, clock()) };
  }

  return { settle, largeObjects };
}

/** What only the destination has cannot be judged by its own size and age. */
function passes(filter: Filter, { source, destination }: KeyPair): boolean {
  return source === undefined ? filter.passesKey(destination.key) : filter.passes(source);
}

function createSync(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { comparison, overwrite = 'changed', isRehearsal = false, largeObjectBytes = LARGE_OBJECT_BYTES } = request;
  const copy = isRehearsal ? createRehearsal(request) : createCopier(request);
  let largeObjects = 0;

  const deal: Deal = (pair, place) => {
    const entry = pair.source;
    const decision = decide(pair, comparison);
    if (!needsCopier(decision)) return { ...place, kind: 'unchanged' };
    const leaveReason = reasonToLeave(pair, overwrite);
    if (leaveReason !== undefined) {
      const leave = createRehearsal(request, () => left(entry, leaveReason));
      return receiptOf(place, guard(leave({ entry, decision, signal })));
    }
    // What is archived is not copied, however large it is.
    const isLarge = entry.sizeBytes >= largeObjectBytes && entry.isArchived !== true && !isRehearsal;
    if (!isLarge) return receiptOf(place, guard(copy({ entry, decision, signal })));
    largeObjects++;
    return { ...place, kind: 'large', task: { entry: versionOf(entry.key, entry), decision } };
  };

  return { deal, largeObjects: () => largeObjects };
}

function createAudit(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const audit = createAuditor({ ...request, readContent: request.audit?.readContent ?? false });
  const deal: Deal = (pair, place) => receiptOf(place, guard(audit(pair, signal)));
  return { deal, largeObjects: () => 0 };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action !== 'unchanged' && decision.action !== 'extraneous';
}

async function receiptOf(place: Place, settling: Promise<Receipt | undefined>): Promise<Outcome> {
  const receipt = await settling;
  return receipt === undefined ? { ...place, kind: 'unchanged' } : { ...place, kind: 'receipt', receipt };
}
