import { type AwsStandIn, startAwsStandIn } from '../../../local/aws/server.ts';
import { deployTrust } from '../../../local/cloudformation/deploy-trust.ts';
import { startEntraStandIn } from '../../../local/entra/server.ts';
import type { ParameterValues } from '../../../src/trust/template/parameters.ts';
import type { Template } from '../../../src/trust/template/read-template.ts';

export const TENANT = '9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11';
export const AUDIENCE = `api://${TENANT}/keyless-bridge`;
export const SUBJECT = '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10';
export const SOURCE = { bucket: 'the-source', prefix: 'in/' };
export const TARGET = { bucket: 'the-target', prefix: 'out/' };

/** Both directions, each below a prefix of its bucket. */
export const PARAMETERS: ParameterValues = {
  TenantId: TENANT,
  Audience: AUDIENCE,
  Subjects: SUBJECT,
  ReadBucket: SOURCE.bucket,
  ReadPrefix: SOURCE.prefix,
  WriteBucket: TARGET.bucket,
  WritePrefix: TARGET.prefix,
};

/** An account that believes the tenant's tokens, and has both buckets. */
export interface TestAccount {
  readonly aws: AwsStandIn;
  /** A token with these claims instead of those that are let in. */
  mint(claims?: Record<string, unknown>): Promise<string>;
  /** Deploys the shipped template, or `template`, with a role of its own; returns the role's ARN. */
  deploy(parameters?: ParameterValues, template?: Template): string;
  stop(): Promise<void>;
}

export async function startTestAccount(): Promise<TestAccount> {
  const entra = await startEntraStandIn({ tenantId: TENANT });
  const locations = { [entra.issuer]: entra.discoveryBase };
  const aws = await startAwsStandIn({ trustedCaPem: entra.caPem, issuerLocations: locations });
  for (const { bucket } of [SOURCE, TARGET]) aws.createBucket(bucket);
  let roles = 0;
  return {
    aws,
    mint: (claims = {}) => entra.mintToken({ aud: AUDIENCE, sub: SUBJECT, ...claims }),
    deploy(parameters = {}, template) {
      roles += 1;
      return deployTrust(aws, { ...PARAMETERS, RoleName: `role-${roles}`, ...parameters }, template).roleArn;
    },
    async stop() {
      await aws.stop();
      await entra.stop();
    },
  };
}
