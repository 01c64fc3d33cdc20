import { isAwsHost, partitionOfArn } from '../clouds/aws-partitions.ts';
import type { AwsSettings, FederationSettings } from '../config/settings.ts';
import { createAssumeRole } from '../federation/assume-role.ts';
import { createFederatedCredentials, type FederatedCredentials } from '../federation/credentials.ts';
import { createIdentity, type Identity } from '../federation/identity.ts';
import { type Grant, sessionPolicyFor } from '../federation/session-policy.ts';

/** The app's identity at both clouds. */
export interface Federation {
  readonly identity: Identity;
  /** AWS credentials that renew themselves, of a session with this name; narrowed to `grants`, where they are given. */
  openSession(name: string, grants?: readonly Grant[]): FederatedCredentials;
}

/** Builds the trust chain of the settings. Asks no service yet. */
export function createFederation({
  aws,
  audience,
  identity: choice,
  authorityHost,
  disableInstanceDiscovery,
}: FederationSettings): Federation {
  const identity = createIdentity({ ...choice, audience, disableInstanceDiscovery, ...(authorityHost && { authorityHost }) });
  return {
    identity,
    openSession(name, grants) {
      const assumeRole = createAssumeRole({
        roleArn: aws.roleArn,
        region: aws.region,
        sessionName: name,
        durationSeconds: aws.sessionSeconds,
        ...(grants && { policy: policyFor(grants, aws) }),
        ...(aws.stsEndpoint && { endpoint: aws.stsEndpoint }),
      });
      return createFederatedCredentials({ getToken: identity.getToken, assumeRole });
    },
  };
}

function policyFor(grants: readonly Grant[], { roleArn, stsEndpoint }: AwsSettings): string {
  return sessionPolicyFor(grants, { partition: partitionOfArn(roleArn)?.id ?? 'aws', hasKms: isAws(stsEndpoint) });
}

/** Tells an endpoint of AWS, such as one in a private network, from that of another server. */
function isAws(endpoint: string | undefined): boolean {
  return endpoint === undefined || isAwsHost(new URL(endpoint).hostname);
}
