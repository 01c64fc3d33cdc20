import type { Job, SyncRequest } from '../jobs/jobs.ts';
import { contains, formatLocation, type Location, parseObjectLocation } from '../locations.ts';
import { bytesOf } from '../options/byte-size.ts';
import type { AdHocRules } from './ad-hoc-settings.ts';

/** Everything that the operator does not allow to a caller in this request; each names the setting that would. */
export function judgeAdHoc(request: SyncRequest, rules: AdHocRules, jobs: readonly Job[]): readonly string[] {
  if (rules.sources.length === 0) return ['Ad hoc runs are off: BRIDGE_ALLOWED_SOURCES allows no source.'];
  if (rules.destinations.length === 0) return ['Ad hoc runs are off: BRIDGE_ALLOWED_DESTINATIONS allows no destination.'];
  const { dryRun, verify } = request.options;
  const problems = [...locationProblems(request, rules), ...keyListProblems(request, rules, jobs)];
  return dryRun === true || verify === true ? problems : [...problems, ...limitProblems(request, rules)];
}

function locationProblems({ source, destination, reportTo, options }: SyncRequest, { sources, destinations }: AdHocRules) {
  // A run that writes nothing may use each location in either role.
  const onlyReads = options.dryRun === true || options.verify === true;
  const readable = onlyReads ? [...sources, ...destinations] : sources;
  const writable = onlyReads ? readable : destinations;
  return [
    ...refuse(source, readable, 'source', 'BRIDGE_ALLOWED_SOURCES'),
    ...refuse(destination, writable, 'destination', 'BRIDGE_ALLOWED_DESTINATIONS'),
    ...(reportTo === undefined ? [] : refuse(reportTo, destinations, 'place for a report', 'BRIDGE_ALLOWED_DESTINATIONS')),
  ];
}

function refuse(location: Location, allowed: readonly Location[], use: string, setting: string): readonly string[] {
  if (allowed.some((outer) => contains(outer, location))) return [];
  return [`${formatLocation(location)} is not allowed as a ${use} (${setting})`];
}

/** A run reports each line of its list that the source does not have, and so would show the caller any text that the app may read. */
function keyListProblems({ options: { keys } }: SyncRequest, { keyLists }: AdHocRules, jobs: readonly Job[]): readonly string[] {
  if (keys === undefined || jobs.some(({ options }) => options.keys === keys)) return [];
  const { folder } = parseObjectLocation(keys);
  if (keyLists.some((outer) => contains(outer, folder))) return [];
  return [`${formatLocation(folder)} is not allowed as a place for a list of keys (BRIDGE_ALLOWED_KEY_LISTS)`];
}

function limitProblems({ options }: SyncRequest, rules: AdHocRules): readonly string[] {
  const { archived, acl } = options;
  const problems: string[] = [];
  if (options.delete !== undefined && options.delete.maxCount > rules.maxDeletions) problems.push(deletionProblem(rules.maxDeletions));
  if (archived !== undefined && archived !== 'skip' && bytesOf(archived.restore.maxBytes) > rules.maxRestoreBytes)
    problems.push(restoreProblem(rules.maxRestoreBytes));
  for (const tier of tiersOf(options))
    if (!rules.tiers.includes(tier)) problems.push(`${tier} is not allowed to an ad hoc run (BRIDGE_AD_HOC_TIERS)`);
  if (acl !== undefined && !rules.acls.includes(acl)) problems.push(`The ACL ${acl} is not allowed to an ad hoc run (BRIDGE_AD_HOC_ACLS)`);
  return problems;
}

function deletionProblem(max: number): string {
  if (max === 0) return 'options.delete: an ad hoc run may delete nothing (BRIDGE_AD_HOC_MAX_DELETIONS)';
  return `options.delete.maxCount must be at most ${max} in an ad hoc run (BRIDGE_AD_HOC_MAX_DELETIONS)`;
}

function restoreProblem(max: number): string {
  if (max === 0) return 'options.archived: an ad hoc run may restore nothing (BRIDGE_AD_HOC_MAX_RESTORE)';
  return `options.archived.restore.maxBytes must be at most ${max} in an ad hoc run (BRIDGE_AD_HOC_MAX_RESTORE)`;
}

/** Each tier that a run may write. */
function tiersOf({ storageClass, accessTier, tierMap = {} }: SyncRequest['options']): readonly string[] {
  const [tier] = [storageClass, accessTier].filter((choice) => choice !== undefined);
  if (tier === undefined) return [];
  return tier === 'map' ? [...new Set(Object.values(tierMap))] : [tier];
}
