import { circleConflict } from './circle-conflicts.ts';
import { type Conflict, type Contender, warning } from './conflict.ts';
import { copiedReportConflicts, destinationConflict, placedFileConflicts, reverseConflict } from './deletions.ts';
import { findCircles } from './find-circles.ts';
import { createMeetings } from './meeting.ts';
import { type OwnStorage, ownContainerConflicts } from './own-containers.ts';

const UNCHECKED =
  'Not all jobs could be checked against each other: there are too many, or their filters are too long. Use fewer jobs, or shorter globs.';

/**
 * Conflicts of jobs with each other, and with the app, as far as locations, options and filters tell. A conflict that refuses a job is
 * certain: there is a key at which it happens; what may happen, and what only costs, is a warning. With `about` only what that one takes
 * part in.
 */
export function findConflicts(contenders: readonly Contender[], own: OwnStorage, about?: Contender): readonly Conflict[] {
  const meetings = createMeetings();
  const concerns = (...some: readonly Contender[]) => about === undefined || some.includes(about);
  const pairs = contenders.flatMap((one, index) =>
    contenders
      .slice(index + 1)
      .filter((other) => concerns(one, other))
      .flatMap((other) => [destinationConflict(one, other, meetings) ?? [], reverseConflict(one, other, meetings) ?? []].flat()),
  );
  const owners = contenders.filter(({ reportTo, options }) => reportTo !== undefined || options.keys !== undefined);
  const files = owners.flatMap((owner) =>
    contenders
      .filter((other) => concerns(owner, other))
      .flatMap((other) => [...placedFileConflicts(other, owner, meetings), ...copiedReportConflicts(other, owner, meetings)]),
  );
  const { circles, areComplete } = findCircles(contenders, meetings, about === undefined ? contenders : [about]);
  const round = gravest(circles.flatMap((circle) => circleConflict(circle, meetings) ?? []));
  const unchecked = areComplete && !meetings.areIncomplete() ? [] : [warning(contenders, UNCHECKED)];
  return [...ownContainerConflicts(about === undefined ? contenders : [about], own), ...pairs, ...files, ...round, ...unchecked];
}

/** One conflict for the same jobs: that from which most of them are refused. The order of the jobs does not matter. */
function gravest(conflicts: readonly Conflict[]): readonly Conflict[] {
  const found = new Map<string, Conflict>();
  for (const conflict of conflicts) {
    const jobs = labelsOf(conflict.involved);
    const known = found.get(jobs);
    if (known === undefined || isGraver(conflict, known)) found.set(jobs, conflict);
  }
  return [...found.values()];
}

function isGraver({ refused }: Conflict, { refused: others }: Conflict): boolean {
  return refused.length === others.length ? labelsOf(refused) < labelsOf(others) : refused.length > others.length;
}

function labelsOf(contenders: readonly Contender[]): string {
  return [...new Set(contenders.map(({ label }) => label))].sort().join();
}
