import type { DeploymentPlan } from './plan.ts';
import { describeRole, parametersOf } from './role-access.ts';

/**
 * The plan as lines `name=value` for a shell script, which reads them without evaluating anything. A name that has several values is on
 * several lines.
 */
export function linesOf(plan: DeploymentPlan): readonly string[] {
  const { parameters, cloud, outbox, kmsKeys, existingBuckets, accounts, accountPlaces, adHoc } = plan;
  const values: readonly (readonly [string, string])[] = [
    ['tenant', parameters.tenant],
    ['subscription', parameters.subscription],
    ['region', parameters.region],
    ['aws_account', parameters.awsAccount],
    ['aws_region', parameters.awsRegion ?? ''],
    ['name', parameters.name],
    ['resource_group', parameters.resourceGroup],
    ['identity', parameters.identity],
    ['entra', parameters.entra],
    ['what_if', parameters.whatIf ? 'yes' : ''],
    ['trust_file', parameters.trustFile ?? ''],
    ['jobs', plan.jobsJson],
    ['outbox_bucket', outbox?.bucket ?? ''],
    ['outbox_prefix', outbox?.prefix ?? ''],
    ['ad_hoc_sources', adHoc.sources.join(' ')],
    ['ad_hoc_destinations', adHoc.destinations.join(' ')],
    ['role_summary', describeRole(plan.role)],
    ...existingBuckets.map((bucket) => ['existing_bucket', bucket] as const),
    ...[...accounts].map(([account, user]) => ['account', [account, placeOf(accountPlaces[account]), user].join(' ')] as const),
    ...kmsKeys.arns.map((arn) => ['kms_arn', arn] as const),
    ...kmsKeys.names.map((key) => ['kms_name', key] as const),
    ...[...parametersOf(plan.role), `CreateWriteBucket=${parameters.createBucket}`, `IssuerHost=${cloud.issuerHost}`].map(
      (parameter) => ['role_parameter', parameter] as const,
    ),
  ];
  return values.map(([name, value]) => `${name}=${value}`);
}

/** `?` where it is to be looked up. */
function placeOf(place: DeploymentPlan['accountPlaces'][string] | undefined): string {
  if (place === undefined) return '?';
  return place.subscriptionId === undefined ? place.resourceGroup : `${place.subscriptionId}/${place.resourceGroup}`;
}
