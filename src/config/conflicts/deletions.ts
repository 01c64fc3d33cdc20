import { formatLocation, type Location, parseObjectLocation } from '../locations.ts';
import { type Conflict, type Contender, isMirror, isWriting, refusal, warning } from './conflict.ts';
import type { Meetings } from './meeting.ts';
import { isReverseOf, isSameRoute, overlaps } from './overlap.ts';

/** As {@link deliverReport} names one. */
const REPORT_SUFFIX = '-1700000000000-0123abcd.ndjson';

const ELSEWHERE = 'Give each its own destination, or leave out by filters of each what the other copies.';

/** Two jobs with overlapping destinations. */
export function destinationConflict(one: Contender, other: Contender, meetings: Meetings): Conflict | undefined {
  if (!isWriting(one) || !isWriting(other) || !overlaps(one.destination, other.destination) || isSameRoute(one, other)) return undefined;
  const meeting = meetings.of(destinationOf(one), destinationOf(other));
  if (meeting.kind === 'never') return undefined;
  const both = [one, other];
  const mirrors = both.filter(isMirror);
  const where = `${one.label} and ${other.label} copy from different sources to overlapping destinations, ${formatLocation(one.destination)} and ${formatLocation(other.destination)}`;
  if (mirrors.length === 0) return warning(both, `${where}: each replaces objects of the other that have the same key. ${ELSEWHERE}`);
  const deleters = mirrors.map(({ label }) => label).join(' and ');
  if (meeting.kind !== 'at')
    return warning(
      both,
      `${where}: ${deleters} (delete) removes what the other copies, unless their filters have no key in common. ${ELSEWHERE}`,
    );
  return refusal(
    mirrors,
    both,
    `${where}: ${deleters} (delete) removes what the other copies, such as ${shown(one.destination, meeting.key)}. ${ELSEWHERE}`,
  );
}

/** Two jobs in opposite directions between the same places: what one deletes may be new, and not yet copied by the other. */
export function reverseConflict(one: Contender, other: Contender, meetings: Meetings): Conflict | undefined {
  if (!isReverseOf(one, other)) return undefined;
  const both = [one, other];
  const mirrors = both.filter(isMirror);
  const carrier = both.find((contender) => !mirrors.includes(contender));
  if (mirrors.length === 0 || (carrier !== undefined && !isWriting(carrier))) return undefined;
  const meeting = meetings.of(destinationOf(one), { location: other.source, options: other.options });
  if (meeting.kind === 'never') return undefined;
  const where = `${one.label} and ${other.label} copy in opposite directions between ${formatLocation(one.source)} and ${formatLocation(one.destination)}`;
  if (mirrors.length === 2 && meeting.kind === 'at')
    return refusal(
      both,
      both,
      `${where}, both with delete: each removes what is new on the other side before it is copied. Leave out delete in both.`,
    );
  const loss = `${mirrors.map(({ label }) => label).join(' and ')} (delete) removes what is new at its destination and not yet copied back`;
  // A job without a schedule may be there to restore: nothing new is made on its side.
  if (carrier?.schedule !== undefined && meeting.kind === 'at') return refusal(mirrors, both, `${where}: ${loss}. Leave out delete.`);
  return warning(both, `${where}: ${loss}. Leave out delete, or write nothing new there.`);
}

/** A mirror that deletes the reports, or the list of keys, of a job. */
export function placedFileConflicts(mirror: Contender, owner: Contender, meetings: Meetings): readonly Conflict[] {
  if (!isMirror(mirror)) return [];
  const involved = mirror === owner ? [mirror] : [mirror, owner];
  return filesOf(owner)
    .filter(({ folder, key }) => overlaps(mirror.destination, folder) && meetings.has(destinationOf(mirror), folder.prefix + key))
    .map(({ use, folder, key, option }) => {
      const message = `${mirror.label} (delete) removes the ${use} of ${owner.label}, such as ${shown(folder, folder.prefix + key)}, since they lie in its destination ${formatLocation(mirror.destination)}. Set ${option} to a place outside of it.`;
      return refusal([mirror], involved, message);
    });
}

/** Reports that lie in the source of a job, so that it copies them. */
export function copiedReportConflicts(copier: Contender, owner: Contender, meetings: Meetings): readonly Conflict[] {
  if (!isWriting(copier)) return [];
  return filesOf(owner)
    .filter(({ option, folder }) => option === 'reportTo' && overlaps(copier.source, folder))
    .filter(({ folder, key }) => meetings.has({ location: copier.source, options: copier.options }, folder.prefix + key))
    .map(({ folder }) => {
      const message = `${copier.label} copies the reports of ${owner.label} too, since ${formatLocation(folder)} is in its source ${formatLocation(copier.source)}. Set reportTo to a place outside of it.`;
      return warning(copier === owner ? [copier] : [copier, owner], message);
    });
}

function destinationOf({ destination, options }: Contender) {
  return { location: destination, options };
}

/** Objects of a job beside what it copies. */
function filesOf({ name, reportTo, options }: Contender) {
  const report =
    reportTo === undefined ? [] : [{ use: 'reports', option: 'reportTo', folder: reportTo, key: `${name ?? 'sync'}${REPORT_SUFFIX}` }];
  const list = options.keys === undefined ? [] : [{ use: 'list of keys', option: 'keys', ...parseObjectLocation(options.keys) }];
  return [...report, ...list];
}

function shown(location: Location, key: string): string {
  return `${formatLocation({ ...location, prefix: '' })}${key}`;
}
