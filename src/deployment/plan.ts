import { AZURE_CLOUDS, type AzureCloud, PUBLIC_CLOUD } from '../clouds/azure-clouds.ts';
import type { Checked } from '../config/checked.ts';
import { parseConfig } from '../config/config-file.ts';
import { judgeJobs } from '../config/conflicts/judge-jobs.ts';
import type { Job } from '../config/jobs/jobs.ts';
import { checkJobs } from '../config/jobs/read-jobs.ts';
import { type AdHocPlaces, readAdHocPlaces } from './ad-hoc-places.ts';
import { type AccountPlace, accountsOf, locationsOfJobs, readAccountPlaces } from './blob-places.ts';
import { checkBucket, checkPrefix } from './check-names.ts';
import { deriveKmsKeys, type KmsKeys } from './kms-keys.ts';
import type { GivenOptions } from './options.ts';
import { checkParameters, type DeploymentParameters } from './parameters.ts';
import { deriveRole, type Need, needsOfJobs, type RoleAccess } from './role-access.ts';

/** All that a deployment asks of both clouds, checked. */
export interface DeploymentPlan {
  readonly parameters: DeploymentParameters;
  readonly cloud: AzureCloud;
  /** As they were given, as JSON without single quotes; `[]` for none. */
  readonly jobsJson: string;
  /** Without jobs: where the first one copies to. */
  readonly outbox: { readonly bucket: string; readonly prefix: string } | undefined;
  readonly role: RoleAccess;
  readonly kmsKeys: KmsKeys;
  /** Buckets that must be there, since no one creates them. */
  readonly existingBuckets: readonly string[];
  readonly adHoc: Pick<AdHocPlaces, 'sources' | 'destinations'>;
  /** Storage accounts that must be there, by name, each with what uses it. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Where some of them are. */
  readonly accountPlaces: Readonly<Record<string, AccountPlace>>;
  /** Warnings about conflicts between jobs. */
  readonly warnings: readonly string[];
}

/** The jobs as text, and where that comes from. */
export interface JobsText {
  readonly text: string;
  readonly where: string;
}

const DEFAULT_OUTBOX_PREFIX = 'outbox/';

/** Storage that no job can use, since it does not exist before the deployment. */
const OWN_STORAGE = { accountUrl: 'https://kbhost.blob.invalid', stateContainer: 'keyless-bridge' };

/** Derives the plan. Every problem is reported at once. */
export function planDeployment(given: GivenOptions, jobsText: JobsText | undefined): Checked<DeploymentPlan> {
  const { parameters, problems: wrongParameters } = checkParameters(given);
  const cloud = AZURE_CLOUDS.find(({ name }) => name === given.one('cloud')) ?? PUBLIC_CLOUD;
  const read = jobsText === undefined ? { value: [] } : checkJobs(jobsText.text, jobsText.where);
  const jobs = read.value ?? [];
  const judged = judgeJobs({ jobs, wrong: [] }, OWN_STORAGE);
  const limit = asFolder(given.one('prefix'));
  const outbox = jobs.length > 0 ? undefined : { bucket: given.one('bucket') ?? '', prefix: limit ?? DEFAULT_OUTBOX_PREFIX };
  const adHoc = readAdHocPlaces(given);
  const derived = deriveRole([...(outbox ? [needOfOutbox(outbox)] : needsOfJobs(jobs)), ...adHoc.needs], limit);
  const { accounts, problems: wrongAccounts } = accountsOf([...locationsOfJobs(jobs), ...adHoc.used], cloud);
  const { places, problems: wrongPlaces } = readAccountPlaces(given.all('account'));
  const kmsKeys = deriveKmsKeys(jobs, given.all('kms-key'), given.one('aws-region'));
  const problems = [
    ...given.problems,
    ...wrongParameters,
    ...(read.problems ?? []),
    ...judged.refusedJobs.flatMap((refused) => refused.problems),
    ...(read.problems === undefined ? findBucketProblems(given, jobs, derived.role) : []),
    ...findPrefixProblem(given),
    ...adHoc.problems,
    ...derived.problems,
    ...wrongAccounts,
    ...wrongPlaces,
    ...kmsKeys.problems,
  ];
  if (problems.length > 0) return { problems: [...new Set(problems)] };
  const { role } = derived;
  return {
    value: {
      parameters,
      cloud,
      jobsJson: jobsText === undefined ? '[]' : withoutQuotes(JSON.stringify(listOf(jobsText.text))),
      outbox,
      role,
      adHoc,
      kmsKeys,
      existingBuckets: existingBuckets(role, parameters.createBucket),
      accounts,
      accountPlaces: places,
      warnings: judged.jobWarnings.map(({ message }) => message),
    },
  };
}

function needOfOutbox({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): Need {
  return { by: 'the first job', grant: { bucket, prefix, access: 'write' } };
}

function existingBuckets({ readBucket, writeBucket }: RoleAccess, createsBucket: boolean): readonly string[] {
  const buckets = new Set([readBucket, createsBucket ? '' : writeBucket].filter((bucket) => bucket !== ''));
  if (createsBucket) buckets.delete(writeBucket);
  return [...buckets];
}

function findBucketProblems(given: GivenOptions, jobs: readonly Job[], { readBucket, writeBucket }: RoleAccess): readonly string[] {
  const bucket = given.one('bucket');
  const problems: string[] = [];
  const add = (option: string, problem: string | undefined) => problem !== undefined && problems.push(`--${option} ${problem}`);
  if (bucket !== undefined) add('bucket', checkBucket(bucket));
  if (jobs.length === 0 && bucket === undefined) add('bucket', 'is missing, and so is --jobs. See infra/deploy.sh --help.');
  if (jobs.length > 0 && bucket !== undefined && ![readBucket, writeBucket].includes(bucket))
    add(
      'bucket',
      `is ${bucket}, but the jobs use ${[...new Set([readBucket, writeBucket])].filter(Boolean).join(' and ')}. Leave it out, or correct the jobs.`,
    );
  if (given.one('create-bucket') === undefined) return problems;
  if (given.one('aws-region') === undefined) add('create-bucket', 'needs --aws-region.');
  if (writeBucket === '') add('create-bucket', 'is for a bucket that is written to, but the jobs write to none.');
  else if (checkBucket(writeBucket) !== undefined) add('create-bucket', `cannot create it: the name ${checkBucket(writeBucket)}`);
  return problems;
}

function findPrefixProblem(given: GivenOptions): readonly string[] {
  const prefix = given.one('prefix');
  const problem = prefix === undefined ? undefined : checkPrefix(prefix);
  return problem === undefined ? [] : [`--prefix ${problem}`];
}

function asFolder(prefix: string | undefined): string | undefined {
  return prefix === undefined || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** The same JSON for a shell and for a file of settings, where a single quote would end it. */
function withoutQuotes(json: string): string {
  return json.replaceAll("'", String.raw`\u0027`);
}

/** The list in a text that was checked. */
function listOf(text: string): unknown {
  const parsed = parseConfig(text);
  return typeof parsed === 'object' && parsed !== null && 'jobs' in parsed ? parsed.jobs : parsed;
}
