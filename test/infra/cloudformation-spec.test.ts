import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/sync/store/present.ts';
import { conditionHolds, evaluate, type Scope } from '../../src/trust/template/evaluate.ts';
import { type ParameterValues, resolveParameters } from '../../src/trust/template/parameters.ts';
import { asTemplate, readDocument } from '../../src/trust/template/read-template.ts';
import { loadResourceSpecification, type ResourceSpecification } from './support/resource-specification.ts';

const TEMPLATE = asTemplate(readDocument(readFileSync('infra/aws/keyless-bridge.yaml', 'utf8')));
const REQUIRED = {
  TenantId: '9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11',
  Audience: 'api://keyless-bridge',
  Subjects: '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10',
  ReadBucket: 'the-source',
};
const EVERYTHING = {
  ...REQUIRED,
  ReadPrefix: 'in/',
  WriteBucket: 'the-target',
  WritePrefix: 'out/',
  CreateWriteBucket: 'true',
  AllowDelete: 'true',
  AllowTags: 'true',
  AllowAcl: 'true',
  AllowRestore: 'true',
  KmsKeyArns: 'arn:aws:kms:eu-central-1:111122223333:key/1,arn:aws:kms:eu-central-1:111122223333:key/2',
  Thumbprints: '0'.repeat(40),
  MaxSessionSeconds: '43200',
};

let specification: ResourceSpecification;

beforeAll(() => {
  specification = loadResourceSpecification();
});

function createScope(parameters: ParameterValues): Scope {
  return {
    template: TEMPLATE,
    parameters: resolveParameters(TEMPLATE, parameters),
    pseudoParameters: { AccountId: '111122223333', Region: 'eu-central-1', Partition: 'aws', URLSuffix: 'amazonaws.com' },
    refer: (name) => `ref-of-${name}`,
    attribute(name, attribute) {
      const type = present(TEMPLATE.Resources[name], name).Type;
      expect(specification.attributesOf(type)).toContain(attribute);
      return `${attribute}-of-${name}`;
    },
  };
}

/** What is wrong with the resources that these parameters lead to. */
function problemsWith(parameters: ParameterValues): readonly string[] {
  const scope = createScope(parameters);
  return Object.values(TEMPLATE.Resources)
    .filter(({ Condition }) => Condition === undefined || conditionHolds(Condition, scope))
    .flatMap(({ Type, Properties }) => specification.findProblems(Type, evaluate(Properties, scope)));
}

describe('the resources of the template are as CloudFormation specifies them', () => {
  it.each<[string, ParameterValues]>([
    ['as few parameters as possible', REQUIRED],
    ['everything', EVERYTHING],
    ['writing only', { ...REQUIRED, ReadBucket: '', WriteBucket: 'the-target' }],
    ['a created bucket without a key', { ...EVERYTHING, KmsKeyArns: '' }],
  ])('with %s', (_, parameters) => {
    expect(problemsWith(parameters)).toEqual([]);
  });

  it('and so are the attributes that its outputs read', () => {
    const scope = createScope(EVERYTHING);

    const outputs = Object.values(TEMPLATE.Outputs).map(({ Value }) => evaluate(Value, scope));

    expect(outputs).toContain('Arn-of-Role');
  });
});

describe('the specification', () => {
  it.each([
    ['AWS::IAM::Roles', {}, 'There is no resource type AWS::IAM::Roles'],
    ['AWS::IAM::Role', {}, 'AWS::IAM::Role.AssumeRolePolicyDocument is missing'],
    ['AWS::IAM::OIDCProvider', { URL: 'x' }, 'AWS::IAM::OIDCProvider.URL is unknown'],
    ['AWS::IAM::OIDCProvider', { ClientIdList: 'x' }, 'AWS::IAM::OIDCProvider.ClientIdList must be a list'],
    ['AWS::S3::Bucket', { PublicAccessBlockConfiguration: { BlockPublicAcls: 'x' } }, 'BlockPublicAcls must be another boolean than "x"'],
    ['AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ Status: 'On' }] } }, 'Rules[0].Status must be another string than "On"'],
  ])('refuses %s with %j', (type, properties, problem) => {
    expect(specification.findProblems(type, properties).join('\n')).toContain(problem);
  });
});
