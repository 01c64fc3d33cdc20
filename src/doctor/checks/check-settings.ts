import type { Checked } from '../../config/checked.ts';
import type { Environment } from '../../config/environment.ts';
import { readSettings, type Settings } from '../../config/settings.ts';
import type { Trust } from '../../trust/lint/trust.ts';
import { findingOf, recognise } from '../explain/known-failures.ts';
import { BrokenLink } from '../finding.ts';
import type { Report } from '../walk.ts';
import { parseTrust } from './expected-trust.ts';
import { warnOfEnvironment } from './warn-of-environment.ts';

export interface SettingsSource {
  readonly environment: Environment;
  /** Text of jobs.json, where there is one. */
  readonly jobsFile?: string | undefined;
  /** The role's trust policy, as {@link parseTrust} reads it; the setting BRIDGE_TRUST_POLICY unless given. */
  readonly trustPolicy?: string | undefined;
}

/** Reads the settings as the app does, and what the doctor may know besides of the role. */
export function checkSettings(source: SettingsSource, report: Report): { readonly settings: Settings; readonly trust?: Trust } {
  const { environment, jobsFile, trustPolicy = environment['BRIDGE_TRUST_POLICY']?.trim() || undefined } = source;
  const settings = readSettings(environment, jobsFile);
  const trust: Checked<Trust | undefined> = trustPolicy === undefined ? { value: undefined } : parseTrust(trustPolicy);
  const problems = [...(settings.problems ?? []), ...(trust.problems ?? [])];
  if (settings.value === undefined || problems.length > 0) throw new BrokenLink(findingsOf(problems));
  warnOfEnvironment(environment, report);
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
