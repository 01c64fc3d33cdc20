import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import type { AwsSettings } from '../../config/settings.ts';
import type { AwsCredentials } from '../../federation/assume-role.ts';
import { fromStsError } from '../../federation/sts-errors.ts';
import { federatedRoles, type Trust } from '../../trust/lint/trust.ts';
import { findingOf } from '../explain/known-failures.ts';
import { BrokenLink } from '../finding.ts';
import type { Report } from '../walk.ts';
import type { Claims } from './claims.ts';
import { compareWithTrust } from './compare-trust.ts';

/** Sessions of the doctor are named like those of runs, whose name the trust policy may prescribe. */
export const SESSION_NAME = 'keyless-bridge-doctor';

/** Compares the token with the role, without asking AWS: which name differs is told here, and nowhere by STS. */
export function checkTrust(trust: Trust | undefined, claims: Claims, { sessionSeconds, roleArn }: AwsSettings, report: Report): void {
  if (trust === undefined) {
    report.skip(
      'What the role expects is not known here. Put the output of `aws iam get-role --role-name <role>` into BRIDGE_TRUST_POLICY, or use --trust-policy FILE.',
    );
    return;
  }
  const findings = compareWithTrust({ claims, sessionName: SESSION_NAME, roleArn }, trust);
  if (findings.length > 0) throw new BrokenLink(findings);
  const limit = federatedRoles(trust)[0]?.maxSessionSeconds;
  if (limit !== undefined && sessionSeconds > limit)
    throw new BrokenLink([findingOf('session-too-long', `BRIDGE_SESSION_SECONDS is ${sessionSeconds}, but the role allows ${limit}.`)]);
  report.note({ issuer: 'trusted', audience: 'accepted', subject: 'pinned' });
}

/** Asks AWS who the credentials are for, which proves that they work. */
export async function checkCredentials(credentials: AwsCredentials, aws: AwsSettings, report: Report): Promise<void> {
  const client = new STSClient({ region: aws.region, credentials, maxAttempts: 3, ...(aws.stsEndpoint && { endpoint: aws.stsEndpoint }) });
  try {
    const { Arn = '', Account = '' } = await client.send(new GetCallerIdentityCommand({}));
    report.note({ account: Account, principal: Arn, expires: credentials.expiration.toISOString() });
  } catch (error) {
    if (!isMissing(error)) throw fromStsError(error, aws.roleArn);
    report.skip('This server does not tell whose credentials they are. The next checks use them.');
  } finally {
    client.destroy();
  }
}

/** Servers other than AWS may lack the operation. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof STSServiceException && (error.name === 'InvalidAction' || [405, 501].includes(error.$metadata.httpStatusCode ?? 0))
  );
}
