import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AWS_PARTITIONS } from '../../src/clouds/aws-partitions.ts';
import { ISSUER_HOSTS } from '../../src/clouds/azure-clouds.ts';
import { resolveParameters } from '../../src/trust/template/parameters.ts';
import { asTemplate, readDocument } from '../../src/trust/template/read-template.ts';

const TEMPLATE = asTemplate(readDocument(readFileSync('infra/aws/keyless-bridge.yaml', 'utf8')));
const REQUIRED = {
  TenantId: '9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11',
  Audience: 'api://keyless-bridge',
  Subjects: '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10',
};

it('the issuers that the template of AWS knows are those of the clouds', () => {
  expect(TEMPLATE.Parameters['IssuerHost']?.AllowedValues).toEqual(ISSUER_HOSTS);
});

it.each(AWS_PARTITIONS.map(({ id, exampleRegion }) => [id, exampleRegion]))('the template takes ARNs of %s', (id, region) => {
  const given = {
    ...REQUIRED,
    KmsKeyArns: `arn:${id}:kms:${region}:111122223333:key/1`,
    ExistingOidcProviderArn: `arn:${id}:iam::111122223333:oidc-provider/sts.windows.net/${REQUIRED.TenantId}/`,
  };

  expect(() => resolveParameters(TEMPLATE, given)).not.toThrow();
});
