import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployStack } from '../../../local/cloudformation/deploy-stack.ts';
import { shippedTemplate } from '../../../local/cloudformation/deploy-trust.ts';
import { asTemplate, readDocument } from '../../../src/trust/template/read-template.ts';
import { startTestAws, type TestAws } from '../aws/support/setup.ts';
import { AUDIENCE, PARAMETERS, TENANT } from './account.ts';

let test: TestAws;

beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

function deploy(parameters: Record<string, string> = {}, template = shippedTemplate()) {
  return deployStack(test.aws, template, { ...PARAMETERS, ...parameters });
}

function deployText(text: string) {
  return deployStack(test.aws, asTemplate(readDocument(text)), {});
}

describe('the stack of the shipped template', () => {
  const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${TENANT}/`;
  const OUTPUTS = {
    AwsRoleArn: 'arn:aws:iam::111122223333:role/keyless-bridge',
    AwsRegion: 'eu-central-1',
    BridgeAudience: AUDIENCE,
    BridgeSessionSeconds: '3600',
    OidcProviderArn: PROVIDER,
  };

  it('answers the settings of the app', () => {
    expect(deploy()).toEqual(OUTPUTS);
  });

  it('answers how to add the audience to a provider that was there', () => {
    expect(deploy({ ExistingOidcProviderArn: PROVIDER })).toEqual({
      ...OUTPUTS,
      AddAudienceCommand: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${PROVIDER} --client-id ${AUDIENCE}`,
    });
  });

  it('is named after the issuer of the tenant, also in China', () => {
    const { OidcProviderArn } = deploy({ IssuerHost: 'sts.chinacloudapi.cn' });

    expect(OidcProviderArn).toBe(`arn:aws:iam::111122223333:oidc-provider/sts.chinacloudapi.cn/${TENANT}/`);
  });

  it('has a bucket of its own when that was asked for', async () => {
    deploy({ WriteBucket: 'made-by-the-stack', CreateWriteBucket: 'true' });

    await expect(test.client().send(new ListObjectsV2Command({ Bucket: 'made-by-the-stack' }))).resolves.toMatchObject({ KeyCount: 0 });
  });

  it.each<[Record<string, string>, string]>([
    [{ ReadBucket: '', WriteBucket: '' }, 'ReadBucket or WriteBucket must be given'],
    [{ WriteBucket: '', CreateWriteBucket: 'true' }, 'WriteBucket must be given to create it'],
    [{ CreateWriteBucket: 'true', BucketAccount: '999999999999' }, 'BucketAccount must be empty'],
    [{ TenantId: TENANT.toUpperCase() }, 'TenantId must be a GUID in lower case'],
    [{ Subjects: 'the-bridge' }, 'Subjects must be GUIDs in lower case'],
    [{ Subjects: '*' }, 'Subjects must be GUIDs in lower case'],
    [{ Audience: `${AUDIENCE}"` }, 'Audience must be an Application ID URI'],
    [{ ReadPrefix: 'in' }, 'ReadPrefix must end with a slash'],
    [{ WritePrefix: 'o*t/' }, 'hold none of * ? $'],
    [{ KmsKeyArns: 'arn:aws:kms:eu-central-1:111122223333:alias/key' }, 'must be ARNs of keys, not of aliases'],
    [{ ExistingOidcProviderArn: PROVIDER.slice(0, -1) }, 'with the slash at its end'],
    [{ MaxSessionSeconds: '43201' }, 'MaxSessionSeconds must be a number from 3600 to 43200'],
  ])('is refused with %j', (parameters, message) => {
    expect(() => deploy(parameters)).toThrow(message);
  });
});

describe('a template for the stand-in', () => {
  it.each([
    [
      'a resource that it has not',
      'A: { Type: "AWS::Lambda::Function" }',
      'A: the stand-in has no resources of the type AWS::Lambda::Function',
    ],
    [
      'a property that it does not know',
      'A: { Type: "AWS::S3::Bucket", Properties: { BucketName: abc, Tags: [] } }',
      'A (AWS::S3::Bucket) was not created',
    ],
    ['a property missing', 'A: { Type: "AWS::S3::Bucket" }', 'BucketName'],
    [
      'a value that the service refuses',
      'A: { Type: "AWS::S3::Bucket", Properties: { BucketName: A } }',
      'A (AWS::S3::Bucket) was not created',
    ],
    ['a resource that needs itself', 'A: { Type: "AWS::S3::Bucket", Properties: { BucketName: !Ref A } }', 'A needs itself'],
    [
      'a policy of a role that is not there',
      'A: { Type: "AWS::IAM::RolePolicy", Properties: { PolicyName: a, RoleName: nobody, PolicyDocument: {} } }',
      'There is no role nobody',
    ],
    [
      'an attribute that it has not',
      'A: { Type: "AWS::S3::Bucket", Properties: { BucketName: !GetAtt B.DomainName } }\n  B: { Type: "AWS::S3::Bucket", Properties: { BucketName: bbb } }',
      'has no B.DomainName',
    ],
  ])('is refused with %s', (_, resources, message) => {
    expect(() => deployText(`Resources:\n  ${resources}`)).toThrow(message);
  });

  it('is refused when a resource needs one that its condition leaves out', () => {
    const text = `
Conditions: { Never: !Equals [a, b] }
Resources:
  A: { Type: 'AWS::S3::Bucket', Properties: { BucketName: !Ref B } }
  B: { Type: 'AWS::S3::Bucket', Condition: Never, Properties: { BucketName: bbb } }`;

    expect(() => deployText(text)).toThrow('The resource B is needed, but its condition Never does not hold');
  });

  it('has its resources in the order in which they need each other', () => {
    const text = `
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: { Bucket: !Ref Last, PolicyDocument: {} }
  Last: { Type: 'AWS::S3::Bucket', Properties: { BucketName: created-first } }
Outputs: { Bucket: { Value: !GetAtt Last.Arn } }`;

    expect(deployText(text)).toEqual({ Bucket: 'arn:aws:s3:::created-first' });
  });
});
