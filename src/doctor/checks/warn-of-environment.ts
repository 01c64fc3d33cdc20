import type { Environment } from '../../config/environment.ts';
import { unresolvedSettings } from '../../config/unresolved-settings.ts';
import { findingOf } from '../explain/known-failures.ts';
import type { Report } from '../walk.ts';

/** Other AWS tools take these in place of the credentials that they are given. */
const AMBIENT_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];

/** Warns of what the environment has besides the settings of the bridge, and what that does. */
export function warnOfEnvironment(environment: Environment, report: Report): void {
  warnOfAmbientKeys(environment, report);
  warnOfTimeZone(environment, report);
  warnOfReferences(environment, report);
  warnOfAmbientEndpoint(environment, report);
  warnOfProxy(environment, report);
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

/** The Azure SDK goes through a proxy that the environment names; the AWS SDK never does, and fetch of Node only when it is told to. */
function warnOfProxy(environment: Environment, report: Report): void {
  const names = PROXIES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => environment[name]?.trim());
  if (names.length === 0) return;
  report.warn({
    id: 'proxy-in-environment',
    symptom: `Set beside the settings of the bridge: ${names.join(', ')}.`,
    cause:
      'Requests to Entra ID and Azure Storage go through this proxy, those to AWS STS and S3 do not. A managed identity cannot be reached through a proxy.',
    fix: 'Remove it. If Azure must be reached through the proxy, put 169.254.169.254 and localhost into NO_PROXY, and see that AWS can be reached without it.',
  });
}
