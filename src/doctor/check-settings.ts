import type { Checked } from '../checked.ts';
import type { Environment } from '../environment.ts';
import { readSettings, type Settings } from '../settings.ts';
import type { Trust } from '../trust/lint/trust.ts';
import { unresolvedSettings } from '../unresolved-settings.ts';
import { BrokenLink } from './finding.ts';
import { findingOf, recognise } from './known-failures.ts';
import { parseTrust } from './trust.ts';
import type { Report } from './walk.ts';

/** What some tools take in place of the credentials that they are given. */
const AMBIENT_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

export interface SettingsSource {
  readonly environment: Environment;
  /** Text of jobs.json, where there is one. */
  readonly jobsFile?: string | undefined;
  /** Whom the role lets in, as {@link parseTrust} reads it; the setting BRIDGE_TRUST_POLICY unless given. */
  readonly trustPolicy?: string | undefined;
}

/** Reads the settings as the app does, and what the doctor may know besides of the role. */
export function checkSettings(source: SettingsSource, report: Report): { readonly settings: Settings; readonly trust?: Trust } {
  const { environment, jobsFile, trustPolicy = environment['BRIDGE_TRUST_POLICY']?.trim() || undefined } = source;
  const settings = readSettings(environment, jobsFile);
  const trust: Checked<Trust | undefined> = trustPolicy === undefined ? { value: undefined } : parseTrust(trustPolicy);
  const problems = [...(settings.problems ?? []), ...(trust.problems ?? [])];
  if (settings.value === undefined || problems.length > 0) throw new BrokenLink(findingsOf(problems));
  warnOfAmbientKeys(environment, report);
  warnOfTimeZone(environment, report);
  warnOfReferences(environment, report);
  warnOfAmbientEndpoint(environment, report);
  warnOfJobs(settings.value, report);
  const { identity, audience, aws, jobs, refusedJobs } = settings.value;
  const refused = refusedJobs.length === 0 ? '' : `, and ${refusedJobs.length} refused`;
  report.note({ identity: identity.mode, audience, role: aws.roleArn, region: aws.region, jobs: `${jobs.length}${refused}` });
  return { settings: settings.value, ...(trust.value && { trust: trust.value }) };
}

function findingsOf(problems: readonly string[]) {
  return problems.map((problem) => {
    const known = recognise({ text: problem }).find(({ id, link }) => link === 'settings' && id !== 'setting-wrong');
    return { ...(known ?? findingOf('setting-wrong')), symptom: problem };
  });
}

/** References of settings that are not the bridge's: it works without them. */
function warnOfReferences(environment: Environment, report: Report): void {
  for (const name of unresolvedSettings(environment).others)
    report.warn(findingOf('setting-unresolved', `${name} is a reference that Azure has not resolved to a value.`));
}

function warnOfAmbientEndpoint(environment: Environment, report: Report): void {
  if (!environment['AWS_ENDPOINT_URL']?.trim()) return;
  report.warn({
    id: 'ambient-aws-endpoint',
    symptom: 'AWS_ENDPOINT_URL is set. The bridge ignores it.',
    cause:
      'Other AWS tools send their requests there, tokens included. The bridge sends its own to AWS, or to AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_S3.',
    fix: 'Remove it; for an S3-compatible server set AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_S3.',
  });
}

function warnOfAmbientKeys(environment: Environment, report: Report): void {
  const names = AMBIENT_KEYS.filter((name) => environment[name]?.trim());
  if (names.length > 0) report.warn(findingOf('ambient-aws-keys', `Set beside the settings of the bridge: ${names.join(', ')}.`));
}

function warnOfTimeZone({ WEBSITE_SKU, WEBSITE_TIME_ZONE, TZ }: Environment, report: Report): void {
  if (WEBSITE_SKU !== 'FlexConsumption' || !(WEBSITE_TIME_ZONE?.trim() || TZ?.trim())) return;
  report.warn({
    id: 'time-zone-not-supported',
    symptom: `${WEBSITE_TIME_ZONE?.trim() ? 'WEBSITE_TIME_ZONE' : 'TZ'} is set.`,
    cause: 'Flex Consumption knows no time zone: schedules are in UTC, and the setting may break TLS and metrics there.',
    fix: 'Remove the setting, and write the schedules in UTC.',
  });
}

function warnOfJobs({ refusedJobs, jobWarnings }: Settings, report: Report): void {
  for (const { label, job, problems } of refusedJobs) {
    report.warn({
      id: 'job-refused',
      symptom: `${label} is refused, and its schedule with it: ${problems.join(' ')}`,
      cause:
        job === undefined
          ? 'It is not written as it must be.'
          : 'Together with other jobs, or with the app itself, it would destroy something.',
      fix: 'Correct the jobs, then restart the app. The other jobs run.',
    });
  }
  for (const { message } of jobWarnings) {
    report.warn({
      id: 'jobs-at-odds',
      symptom: message,
      cause: 'Jobs copy to, or from, the same places.',
      fix: 'Correct the jobs, or leave them as they are if that is meant.',
    });
  }
}
