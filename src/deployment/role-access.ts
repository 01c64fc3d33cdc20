import { grantsOf } from '../app/run-grants.ts';
import type { Job } from '../config/jobs/jobs.ts';
import { formatLocation } from '../config/locations.ts';
import type { Grant } from '../federation/session-policy.ts';
import { limitablePrefix } from './check-names.ts';

/** Access of the template's role: that of the sessions of all jobs together. */
export interface RoleAccess {
  readonly readBucket: string;
  readonly readPrefix: string;
  readonly writeBucket: string;
  readonly writePrefix: string;
  readonly allowDelete: boolean;
  readonly allowTags: boolean;
  readonly allowAcl: boolean;
  readonly allowRestore: boolean;
}

/** A part of a bucket that a job, or an option, needs. */
export interface Need {
  /** For example `the job "invoices"`. */
  readonly by: string;
  readonly grant: Grant;
}

/** Access to S3 that the sessions of the jobs need. */
export function needsOfJobs(jobs: readonly Job[]): readonly Need[] {
  return jobs.flatMap((job) => grantsOfJob(job).map((grant) => ({ by: `the job "${job.name}"`, grant })));
}

/** Derives the role. `limit` is the prefix that it is limited to, where one is given. */
export function deriveRole(
  needs: readonly Need[],
  limit: string | undefined,
): { readonly role: RoleAccess; readonly problems: readonly string[] } {
  const reads = needs.filter(({ grant }) => grant.access === 'read');
  const writes = needs.filter(({ grant }) => grant.access === 'write');
  const grants = needs.map(({ grant }) => grant);
  return {
    role: {
      readBucket: reads[0]?.grant.bucket ?? '',
      readPrefix: prefixOf(reads, limit),
      writeBucket: writes[0]?.grant.bucket ?? '',
      writePrefix: prefixOf(writes, limit),
      allowDelete: grants.some((grant) => grant.access === 'write' && grant.mayDelete === true),
      allowTags: grants.some(({ tags }) => tags === true),
      allowAcl: grants.some((grant) => grant.access === 'write' && grant.maySetAcl === true),
      allowRestore: grants.some((grant) => grant.access === 'read' && grant.mayRestore === true),
    },
    problems: [...findBuckets(reads, 'read from'), ...findBuckets(writes, 'write to'), ...findOutside(needs, limit)],
  };
}

/** The role as parameters of the template; what is not needed keeps its default. */
export function parametersOf(role: RoleAccess): readonly string[] {
  const allowed = {
    AllowDelete: role.allowDelete,
    AllowTags: role.allowTags,
    AllowAcl: role.allowAcl,
    AllowRestore: role.allowRestore,
  };
  return [
    `ReadBucket=${role.readBucket}`,
    `ReadPrefix=${role.readPrefix}`,
    `WriteBucket=${role.writeBucket}`,
    `WritePrefix=${role.writePrefix}`,
    // An update keeps the earlier value of a parameter that is not given.
    ...Object.entries(allowed).map(([name, isAllowed]) => `${name}=${isAllowed}`),
  ];
}

/** The role for people. */
export function describeRole(role: RoleAccess): string {
  const may = [
    ...(role.readBucket === '' ? [] : [`read s3://${role.readBucket}/${role.readPrefix}`]),
    ...(role.writeBucket === '' ? [] : [`write s3://${role.writeBucket}/${role.writePrefix}`]),
    ...(role.allowDelete ? ['delete there'] : []),
    ...(role.allowTags ? ['use the tags of objects'] : []),
    ...(role.allowAcl ? ['set ACLs'] : []),
    ...(role.allowRestore ? ['restore archived objects'] : []),
  ];
  return may.join(', ');
}

function grantsOfJob({ source, destination, reportTo, options }: Job): readonly Grant[] {
  return grantsOf({
    source: formatLocation(source),
    destination: formatLocation(destination),
    ...(reportTo && { reportTo: formatLocation(reportTo) }),
    options,
  });
}

function prefixOf(needs: readonly Need[], limit: string | undefined): string {
  const folders = needs.map(({ grant: { prefix } }) => prefix.slice(0, prefix.lastIndexOf('/') + 1));
  if (folders.length === 0) return '';
  return limit ?? limitablePrefix(folders.reduce(commonFolder));
}

/** The deepest folder that holds both. */
function commonFolder(one: string, other: string): string {
  let folder = one;
  while (!other.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder;
}

function findBuckets(needs: readonly Need[], what: string): readonly string[] {
  const users = new Map(needs.map(({ by, grant }) => [grant.bucket, by]));
  if (users.size < 2) return [];
  const list = [...users].map(([bucket, by]) => `${bucket} for ${by}`).join(', ');
  return [
    `There are ${users.size} buckets to ${what} (${list}), but the role of the template has one to ${what}. Deploy a bridge for each, with --name and a --jobs file of its own.`,
  ];
}

function findOutside(needs: readonly Need[], limit = ''): readonly string[] {
  return needs
    .filter(({ grant: { prefix } }) => !prefix.startsWith(limit))
    .map(({ by, grant }) => `s3://${grant.bucket}/${grant.prefix}, which ${by} needs, is outside --prefix ${limit}.`);
}
