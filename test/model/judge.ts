import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import type { RunOptions } from './drive-run.ts';
import { crcOf } from './model-store.ts';
import type { Direction, RunResult, World } from './world.ts';

/** What one run did to one key. */
interface Case {
  readonly world: World;
  readonly direction: Direction;
  readonly options: RunOptions;
  readonly result: RunResult;
  readonly key: string;
}

/** Throws where a run has done to a key what it may not, or has claimed what is not so. */
export function judge(one: Case): void {
  const receipt = one.result.receipts.get(one.key);
  const claim: Claim = (holds, what) => {
    if (holds) return;
    throw new Error(`${one.key}: ${what} (${one.direction}, ${JSON.stringify(one.options)}, receipt ${JSON.stringify(receipt)})`);
  };
  const { only, include } = one.options;
  if (only !== undefined || include?.includes(one.key) === false) judgeUntouched(one, claim);
  if (include?.includes(one.key) === false) return;
  if (only === 'rehearse') judgeRehearsal(one, receipt, claim);
  else if (only === 'verify') judgeAudit(one, receipt, claim);
  else judgeSync(one, receipt, claim);
}

function judgeSync(one: Case, receipt: Receipt | undefined, claim: Claim): void {
  judgeDifferences(one, receipt, claim);
  judgeDeletion(one, receipt, claim);
  judgeReceipt(one, receipt, claim);
  judgeMarkedEdit(one, claim);
  if (!one.world.doubtful.has(one.key)) judgeEdits(one, receipt, claim);
}

type Claim = (holds: boolean, what: string) => void;

function judgeUntouched({ result, key }: Case, claim: Claim): void {
  claim(result.before.source.get(key) === result.source.objects.get(key), 'the source was written');
  claim(result.before.destination.get(key) === result.destination.objects.get(key), 'was written, and should not have been');
}

function judgeRehearsal(one: Case, receipt: Receipt | undefined, claim: Claim): void {
  const isSaid = receipt?.action === 'skipped' || receipt?.action === 'would-copy';
  claim(isCurrent(one) || isSaid, 'differs, and no receipt says so');
}

function judgeAudit(one: Case, receipt: Receipt | undefined, claim: Claim): void {
  const [here, there] = [one.result.source.objects.get(one.key), one.result.destination.objects.get(one.key)];
  const areEqual = here?.content === there?.content;
  claim(receipt?.action !== 'equal' || areEqual || receipt.record === 'writer', 'is not equal');
  claim(receipt?.action !== 'different' || !areEqual, 'is not different');
  claim((receipt?.action === 'missing') === (here !== undefined && there === undefined), 'is missing, or is not');
  claim(here === undefined || receipt !== undefined, 'has no receipt');
}

/** As far as the comparison of the run can tell. */
function isCurrent({ options, result, key }: Case): boolean {
  const [here, there] = [result.source.objects.get(key), result.destination.objects.get(key)];
  if (here === undefined || here.content === there?.content) return true;
  return options.compare === 'size' && here.content.length === there?.content.length;
}

function judgeDifferences(one: Case, receipt: Receipt | undefined, claim: Claim): void {
  const { options, result, key } = one;
  const [here, was] = [result.source.objects.get(key), result.before.destination.get(key)];
  claim(result.before.source.get(key) === here, 'the source was written');
  claim(isCurrent(one) || receipt?.action === 'skipped', 'differs, and no receipt says so');
  claim(receipt?.action !== 'failed', 'failed');
  const isReplaced = here !== undefined && was !== undefined && result.destination.objects.get(key) !== was;
  claim(!isReplaced || options.overwrite !== 'never', 'was replaced');
  const isForced = options.compare === 'always' && options.overwrite === 'changed';
  claim(!isForced || here === undefined || receipt !== undefined, 'was neither copied nor skipped');
}

function judgeDeletion({ world, direction, options, result, key }: Case, receipt: Receipt | undefined, claim: Claim): void {
  if (result.source.objects.has(key) || !result.before.destination.has(key)) return;
  const isThere = result.destination.objects.has(key);
  claim(isThere || (options.deletes && receipt?.action === 'deleted'), 'was deleted unasked');
  claim(!options.deletes || !isThere || world.isTwoWay(direction), 'was not deleted');
}

function judgeReceipt({ result, key }: Case, receipt: Receipt | undefined, claim: Claim): void {
  if (receipt?.action !== 'copied') return;
  const [here, there] = [result.source.objects.get(key), result.destination.objects.get(key)];
  claim(receipt.crc64nvme === base64Of(crcOf(there?.content ?? '')), 'has another checksum than its receipt');
  claim(receipt.destinationEtag === there?.etag && receipt.sourceEtag === here?.etag, 'is another version than its receipt says');
}

/** Whatever the index says: a copy whose mark names the source's version, but whose length is another, was edited. */
function judgeMarkedEdit({ world, direction, options, result, key }: Case, claim: Claim): void {
  const [here, was] = [result.before.source.get(key), result.before.destination.get(key)];
  if (here === undefined || was?.mark?.sourceEtag !== here.etag || was.content.length === here.content.length) return;
  const isKept = result.destination.objects.get(key)?.content === was.content || options.compare === 'always';
  claim(isKept || !world.isTwoWay(direction) || world.edited[result.source.cloud].has(key), 'an edit under our metadata was lost');
}

function judgeEdits({ world, direction, options, result, key }: Case, receipt: Receipt | undefined, claim: Claim): void {
  const { source, destination, before } = result;
  const [here, there] = [source.objects.get(key), destination.objects.get(key)];
  if (here === undefined) return;
  const [editedHere, editedThere] = [world.edited[source.cloud].has(key), world.edited[destination.cloud].has(key)];
  const was = before.destination.get(key);
  const isOverwritten = was !== undefined && was.content !== there?.content;
  const isEditAlone = editedHere && !editedThere;
  const keepsEdits = world.isTwoWay(direction) && options.compare !== 'always';
  claim(!isOverwritten || !keepsEdits || !editedThere || editedHere, 'an edit of the destination was lost');
  claim(receipt?.action !== 'skipped' || !isEditAlone || options.overwrite === 'never', 'an edit of the source alone was skipped');
  const isSaidEdited = receipt?.action === 'skipped' && receipt.reason === 'destination-edited';
  claim(!isSaidEdited || editedThere, 'was not edited at the destination');
  // Equal contents are current by checksum, whatever their headers.
  const copiesHeaders = options.compare === 'auto' && options.overwrite !== 'never';
  claim(!copiesHeaders || !isEditAlone || here.header === there?.header, 'has other headers than the source');
}

function base64Of(crc: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(crc);
  return bytes.toString('base64');
}
