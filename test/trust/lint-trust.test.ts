import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type LintOptions, lintTrust } from '../../src/trust/lint/lint-trust.ts';
import { readTrust } from '../../src/trust/lint/read-trust.ts';

const ISSUER = 'sts.windows.net/9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11/';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const AUDIENCE = 'api://keyless-bridge';
const SUBJECT = '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10';
const AUD = { [`${ISSUER}:aud`]: AUDIENCE };
const SUB = { [`${ISSUER}:sub`]: SUBJECT };
const PINNED = { StringEquals: { ...AUD, ...SUB } };

const NAME_ONLY = { StringLike: { 'sts:RoleSessionName': 'keyless-bridge-*' } };

/** Rules that find something in `document`, each once. */
function rulesFor(document: unknown, options: Partial<LintOptions> = {}): readonly string[] {
  const findings = lintTrust(readTrust(JSON.stringify(document), {}), { deletes: false, ...options });
  return [...new Set(findings.map(({ rule }) => rule))];
}

function trustPolicy(condition: object, principal: unknown = { Federated: PROVIDER }) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }],
  };
}

function permissions(action: unknown, resource: unknown) {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: resource } };
}

/** A template with a provider and a role, some of their properties replaced. */
function template({ provider = {}, role = {}, resource = {} }: { provider?: object; role?: object; resource?: object } = {}) {
  return {
    Resources: {
      Provider: {
        Type: 'AWS::IAM::OIDCProvider',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        ...resource,
        Properties: { Url: `https://${ISSUER}`, ClientIdList: [AUDIENCE], ...provider },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: trustPolicy(PINNED, { Federated: { Ref: 'Provider' } }), ...role },
      },
    },
  };
}

describe('a trust policy', () => {
  it.each<[string, object, readonly string[]]>([
    ['pins audience and subject', PINNED, []],
    ['pins them and the name of the session', { ...PINNED, ...NAME_ONLY }, []],
    ['pins several subjects', { StringEquals: { ...AUD, [`${ISSUER}:sub`]: [SUBJECT, 'other'] } }, []],
    ['pins one of several subjects', { StringEquals: AUD, 'ForAnyValue:StringEquals': SUB }, []],
    ['pins the audience only', { StringEquals: AUD }, ['trust/audience-only']],
    ['pins the audience and the session name only', { StringEquals: AUD, ...NAME_ONLY }, ['trust/audience-only']],
    ['pins the subject only', { StringEquals: SUB }, ['trust/no-audience']],
    ['pins nothing', {}, ['trust/no-audience']],
    ['uses ForAllValues', { StringEquals: AUD, 'ForAllValues:StringEquals': SUB }, ['trust/fails-open']],
    ['uses IfExists', { StringEquals: AUD, StringEqualsIfExists: SUB }, ['trust/fails-open']],
    ['likes its audience, without a wildcard', { StringLike: AUD, StringEquals: SUB }, []],
    ['likes any audience', { StringLike: { [`${ISSUER}:aud`]: 'api://*' }, StringEquals: SUB }, ['trust/pattern']],
    ['likes its subject', { StringEquals: AUD, StringLike: { [`${ISSUER}:sub`]: '*' } }, ['trust/pattern']],
    ['has a wildcard for a subject', { StringEquals: { ...AUD, [`${ISSUER}:sub`]: '1f0d*' } }, ['trust/pattern']],
    ['excludes a subject', { StringEquals: AUD, StringNotEquals: SUB }, ['trust/not-equal']],
    [
      'names the issuer with its scheme',
      { StringEquals: { [`https://${ISSUER}:aud`]: AUDIENCE, [`https://${ISSUER}:sub`]: SUBJECT } },
      ['trust/scheme-in-key'],
    ],
    [
      'names the issuer without its slash',
      { StringEquals: { [`${ISSUER.slice(0, -1)}:aud`]: AUDIENCE, [`${ISSUER.slice(0, -1)}:sub`]: SUBJECT } },
      ['trust/missing-slash'],
    ],
    [
      'names another tenant than the principal',
      { StringEquals: { 'sts.windows.net/other/:aud': AUDIENCE, 'sts.windows.net/other/:sub': SUBJECT } },
      ['trust/provider-mismatch'],
    ],
    ...['https://management.azure.com/', 'https://graph.microsoft.com', 'api://AzureADTokenExchange'].map(
      (audience): [string, object, readonly string[]] => [
        `takes tokens for ${audience}`,
        { StringEquals: { [`${ISSUER}:aud`]: audience, ...SUB } },
        ['trust/first-party-audience'],
      ],
    ),
    [
      'takes the exchange token',
      { StringEquals: { [`${ISSUER}:aud`]: 'fb60f99c-7a34-4190-8149-302f77469936', ...SUB } },
      ['trust/first-party-audience'],
    ],
  ])('that %s: %j', (_, condition, rules) => {
    expect(rulesFor(trustPolicy(condition))).toEqual(rules);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['everybody', '*', ['trust/wildcard-principal']],
    ['every account', { AWS: '*' }, ['trust/wildcard-principal']],
    ['every provider', { Federated: '*' }, ['trust/wildcard-principal']],
    ['a provider without the slash', { Federated: PROVIDER.slice(0, -1) }, ['trust/missing-slash']],
  ])('for %s', (_, principal, rules) => {
    expect(rulesFor(trustPolicy(PINNED, principal))).toEqual(rules);
  });

  it('is checked for tokens as well when it allows every way of assuming the role', () => {
    const policy = trustPolicy({ StringEquals: AUD });
    const Statement = policy.Statement.map((statement) => ({ ...statement, Action: 'sts:*' }));

    expect(rulesFor({ ...policy, Statement })).toEqual(['trust/audience-only']);
  });

  it('is not checked for tokens where it trusts no provider', () => {
    const Statement = [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:*' },
      ...trustPolicy(PINNED).Statement,
    ];

    expect(rulesFor({ Statement })).toEqual([]);
  });

  it('alone says nothing of how long sessions may last', () => {
    expect(rulesFor(trustPolicy(PINNED), { sessionSeconds: 43_200 })).toEqual([]);
  });

  it('that is encoded as by the API of IAM is read', () => {
    const AssumeRolePolicyDocument = encodeURIComponent(JSON.stringify(trustPolicy({ StringEquals: AUD })));

    expect(rulesFor({ Role: { AssumeRolePolicyDocument } })).toEqual(['trust/audience-only']);
  });
});

describe('the answer of get-role', () => {
  const role = (MaxSessionDuration?: number) => ({ Role: { AssumeRolePolicyDocument: trustPolicy(PINNED), MaxSessionDuration } });

  it.each<[number | undefined, number | undefined, readonly string[]]>([
    [3_600, undefined, []],
    [43_200, 43_200, []],
    [43_201, undefined, ['role/session-too-long']],
    [3_600, 3_601, ['role/session-above-maximum']],
    [undefined, 3_600, []],
    [undefined, 7_200, ['role/session-above-maximum']],
  ])('with a maximum of %s s, for sessions of %s s', (maximum, sessionSeconds, rules) => {
    expect(rulesFor(role(maximum), { sessionSeconds })).toEqual(rules);
  });
});

describe('permissions', () => {
  const OBJECTS = 'arn:aws:s3:::bucket/in/*';
  const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1';

  it.each<[unknown, unknown, readonly string[]]>([
    [['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], OBJECTS, []],
    [['s3:ListBucket', 's3:ListBucketMultipartUploads'], 'arn:aws:s3:::bucket', []],
    [['kms:Decrypt', 'kms:GenerateDataKey'], KEY, []],
    ['dynamodb:*', '*', []],
    ['s3:*', OBJECTS, ['permissions/all-actions']],
    ['s3:Put*', OBJECTS, ['permissions/all-actions']],
    ['*', OBJECTS, ['permissions/all-actions']],
    ['s3:GetObject', '*', ['permissions/all-resources']],
    ['s3:GetObject', 'arn:aws:s3:::*', ['permissions/all-resources']],
    ['s3:GetObject', 'arn:aws-cn:s3:::*/in/*', ['permissions/all-resources']],
    ['kms:Decrypt', '*', ['permissions/all-resources']],
    ['kms:Decrypt', 'arn:aws:kms:eu-central-1:111122223333:key/*', ['permissions/all-resources']],
    ['s3:DeleteObject', OBJECTS, ['permissions/delete']],
    ['s3:DeleteObjectVersion', OBJECTS, ['permissions/unneeded']],
    ['s3:PutBucketPolicy', 'arn:aws:s3:::bucket', ['permissions/unneeded']],
  ])('to %j on %j', (action, resource, rules) => {
    expect(rulesFor(permissions(action, resource))).toEqual(rules);
  });

  it('to delete are right for jobs that delete', () => {
    expect(rulesFor(permissions('s3:DeleteObject', OBJECTS), { deletes: true })).toEqual([]);
  });

  it('to everything but something are refused', () => {
    expect(rulesFor({ Statement: { Effect: 'Allow', NotAction: 's3:DeleteObject', Resource: OBJECTS } })).toEqual([
      'permissions/all-actions',
    ]);
  });

  it('that are denied are no finding', () => {
    expect(rulesFor({ Statement: { Effect: 'Deny', Action: 's3:*', Resource: '*' } })).toEqual([]);
  });
});

describe('a template', () => {
  it.each<[string, object, readonly string[]]>([
    ['is right', {}, []],
    ['lets the provider be deleted with its stack', { resource: { DeletionPolicy: 'Delete' } }, ['provider/not-retained']],
    [
      'lets the provider be deleted when its creation fails',
      { resource: { DeletionPolicy: 'RetainExceptOnCreate' } },
      ['provider/not-retained'],
    ],
    ['lets the provider be deleted when it is replaced', { resource: { UpdateReplacePolicy: undefined } }, ['provider/not-retained']],
    ['pins a thumbprint', { provider: { ThumbprintList: ['0'.repeat(40)] } }, ['provider/thumbprint']],
    [
      'registers the audience of a Microsoft service too',
      { provider: { ClientIdList: [AUDIENCE, 'https://vault.azure.net'] } },
      ['trust/first-party-audience'],
    ],
    ['does not register the audience', { provider: { ClientIdList: ['api://other'] } }, ['provider/audience-not-listed']],
    ['has the issuer without its slash', { provider: { Url: `https://${ISSUER.slice(0, -1)}` } }, ['trust/missing-slash']],
    ['has too long sessions', { role: { MaxSessionDuration: 50_000 } }, ['role/session-too-long']],
    [
      'attaches a policy of AWS',
      { role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] } },
      ['permissions/managed-policy'],
    ],
    [
      'has an inline policy for everything',
      { role: { Policies: [{ PolicyName: 's3', PolicyDocument: permissions('s3:*', '*') }] } },
      ['permissions/all-actions', 'permissions/all-resources'],
    ],
  ])('that %s', (_, changes, rules) => {
    expect(rulesFor(template(changes))).toEqual(rules);
  });

  it.each(['AWS::IAM::RolePolicy', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'])('with a policy of the type %s for its role', (Type) => {
    const { Resources } = template();
    const attachment = Type === 'AWS::IAM::RolePolicy' ? { RoleName: { Ref: 'Role' } } : { Roles: [{ Ref: 'Role' }] };
    const Policy = { Type, Properties: { ...attachment, PolicyDocument: permissions('s3:*', 'arn:aws:s3:::bucket/*') } };

    expect(rulesFor({ Resources: { ...Resources, Policy } })).toEqual(['permissions/all-actions']);
  });

  it('is checked with a role that its parameters leave out', () => {
    const { Resources } = template({
      role: { AssumeRolePolicyDocument: trustPolicy({ StringEquals: AUD }, { Federated: { Ref: 'Provider' } }) },
    });
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };

    expect(rulesFor({ Conditions, Resources: { ...Resources, Role: { ...Resources.Role, Condition: 'Never' } } })).toEqual([
      'trust/audience-only',
    ]);
  });

  it('is not checked with a policy that its parameters leave out', () => {
    const { Resources } = template();
    const Properties = { RoleName: { Ref: 'Role' }, PolicyDocument: permissions('s3:*', '*') };
    const Policy = { Type: 'AWS::IAM::RolePolicy', Condition: 'Never', Properties };

    expect(rulesFor({ Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } }, Resources: { ...Resources, Policy } })).toEqual([]);
  });

  it('is not judged by roles that no token opens', () => {
    const { Resources } = template();
    const Statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const Policies = [{ PolicyName: 'all', PolicyDocument: permissions('s3:*', '*') }];
    const Other = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement }, Policies } };

    expect(rulesFor({ Resources: { ...Resources, Other } })).toEqual([]);
  });

  it.each<[unknown, number, readonly string[]]>([
    [undefined, 7_200, ['role/session-above-maximum']],
    ['7200', 7_200, []],
    [{ Ref: 'Unknown' }, 7_200, []],
  ])('with a maximum of %j, for sessions of %s s', (MaxSessionDuration, sessionSeconds, rules) => {
    const document = { ...template({ role: { MaxSessionDuration } }), Parameters: { Unknown: { Type: 'Number' } } };

    expect(rulesFor(document, { sessionSeconds })).toEqual(rules);
  });

  it('that names what only its deployment knows is read all the same', () => {
    const { Resources } = template();
    const Resource = { 'Fn::Join': ['/', [{ 'Fn::GetAtt': ['Elsewhere', 'Arn'] }, '*']] };
    const Policies = [{ PolicyName: 's3', PolicyDocument: permissions('s3:GetObject', Resource) }];
    const Role = { ...Resources.Role, Properties: { ...Resources.Role.Properties, Policies } };

    expect(rulesFor({ Resources: { ...Resources, Role, Elsewhere: { Type: 'AWS::S3::Bucket' } } })).toEqual([]);
  });
});

describe('what is shipped', () => {
  const SHIPPED = readFileSync('infra/aws/keyless-bridge.yaml', 'utf8');
  const BOTH = {
    ReadBucket: 'source',
    WriteBucket: 'target',
    WritePrefix: 'in/',
    KmsKeyArns: 'arn:aws:kms:eu-central-1:111122223333:key/1',
  };

  it.each([
    ['nothing but defaults', {}],
    ['both directions', BOTH],
    ['a provider that is there', { ...BOTH, ExistingOidcProviderArn: PROVIDER, TenantId: ISSUER.split('/')[1] ?? '' }],
  ])('has no finding with %s', (_, parameters) => {
    expect(lintTrust(readTrust(SHIPPED, parameters), { deletes: false, sessionSeconds: 3_600 })).toEqual([]);
  });

  it.each(['AllowRestore', 'AllowAcl', 'AllowTags', 'AllowDelete'])('has no finding with %s, which is an option of jobs', (option) => {
    expect(lintTrust(readTrust(SHIPPED, { ...BOTH, [option]: 'true' }), { deletes: true })).toEqual([]);
  });

  it('has one with deletes that nobody asked for', () => {
    const findings = lintTrust(readTrust(SHIPPED, { ...BOTH, AllowDelete: 'true' }), { deletes: false });

    expect(findings).toMatchObject([{ rule: 'permissions/delete', place: 'Resources.DeleteAccess.PolicyDocument.Statement[0].Action' }]);
  });

  it('has one with the ARN of a provider of another tenant', () => {
    const findings = lintTrust(readTrust(SHIPPED, { ...BOTH, ExistingOidcProviderArn: PROVIDER }), { deletes: false });

    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['trust/provider-mismatch']));
  });
});

describe('the example that circulates', () => {
  it('fails, because the audience alone lets in the whole tenant', () => {
    const findings = lintTrust(readTrust(readFileSync('test/trust/fixtures/audience-only.yaml', 'utf8'), {}), { deletes: false });

    expect(findings).toContainEqual({
      rule: 'trust/audience-only',
      severity: 'error',
      place: 'Resources.BlobToS3Role.AssumeRolePolicyDocument.Statement[0]',
      why: expect.stringContaining('every app and managed identity of the tenant'),
      fix: expect.stringContaining(':sub'),
    });
  });
});
