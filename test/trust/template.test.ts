// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of CloudFormation are what is tested.

import { describe, expect, it } from 'vitest';
import { checkRules } from '../../src/trust/template/check-rules.ts';
import { conditionHolds, evaluate, type Scope } from '../../src/trust/template/evaluate.ts';
import { type ParameterValues, resolveParameters } from '../../src/trust/template/parameters.ts';
import { asTemplate, readDocument } from '../../src/trust/template/read-template.ts';

const TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Name: { Type: String, Default: bridge }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings:
  Hosts: { aws: { sts: amazonaws.com }, aws-cn: { sts: amazonaws.com.cn } }
Conditions:
  IsBridge: !Equals [!Ref Name, bridge]
  IsOther: !Not [!Condition IsBridge]
  Both: !And [!Condition IsBridge, !Condition IsOther]
  Either: !Or [!Condition IsBridge, !Condition IsOther]
Resources:
  Bucket: { Type: 'AWS::S3::Bucket' }
`;

function createScope(given: ParameterValues = {}, text = TEMPLATE): Scope {
  const template = asTemplate(readDocument(text));
  return {
    template,
    parameters: resolveParameters(template, given),
    pseudoParameters: { Partition: 'aws', Region: 'eu-central-1' },
    refer: (name) => `ref-of-${name}`,
    attribute: (name, attribute) => `${attribute}-of-${name}`,
  };
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['!Ref Name', 'bridge'],
    ['!Ref Names', ['a', 'b']],
    ['!Ref Bucket', 'ref-of-Bucket'],
    ['!Ref AWS::Region', 'eu-central-1'],
    ['{ Ref: Name }', 'bridge'],
    ['!GetAtt Bucket.Arn', 'Arn-of-Bucket'],
    ['!GetAtt [Bucket, Arn]', 'Arn-of-Bucket'],
    ['{ "Fn::GetAtt": [Bucket, Arn] }', 'Arn-of-Bucket'],
    ['!Sub "${Name}/${AWS::Partition}/${Bucket}/${Bucket.Arn}"', 'bridge/aws/ref-of-Bucket/Arn-of-Bucket'],
    ['!Sub "${!Name}"', '${Name}'],
    ['!Sub ["${Name} ${Own}", { Own: !Select [1, !Ref Names] }]', 'bridge b'],
    ['!Join ["-", !Ref Names]', 'a-b'],
    ['!Join ["-", [1, x]]', '1-x'],
    ['!Split [",", "x,y"]', ['x', 'y']],
    ['!Select ["0", !Split [",", "x,y"]]', 'x'],
    ['!FindInMap [Hosts, !Ref AWS::Partition, sts]', 'amazonaws.com'],
    ['!If [IsBridge, yes-it-is, no]', 'yes-it-is'],
    ['!If [IsOther, yes-it-is, [!Ref Name]]', ['bridge']],
    ['{ Kept: 1, Gone: !Ref AWS::NoValue }', { Kept: 1 }],
    ['[1, !If [IsBridge, !Ref AWS::NoValue, 2], 3]', [1, 3]],
    ['{ Condition: { Bool: { x: true } } }', { Condition: { Bool: { x: true } } }],
    ['{ Version: 2012-10-17 }', { Version: '2012-10-17' }],
  ])('%s', (text, value) => {
    expect(evaluate(readDocument(text), createScope())).toEqual(value);
  });

  it.each([
    ['!Ref Unknown', 'there is no parameter or resource Unknown'],
    ['!Ref AWS::Unknown', 'there is no parameter or resource AWS::Unknown'],
    ['!Sub "${Unknown}"', 'there is no parameter or resource Unknown'],
    ['!Sub "${Names}"', 'Fn::Sub of Names'],
    ['!If [Unknown, 1, 2]', 'There is no condition Unknown'],
    ['!Select [2, [a, b]]', 'there is no value 2 in a list of 2'],
    ['!FindInMap [Hosts, aws-us-gov, sts]', 'there is no Hosts.aws-us-gov.sts'],
    ['!Join [a]', 'Fn::Join'],
    ['!Base64 x', 'The function Fn::Base64 is not supported'],
    ['{ "Fn::ForEach::X": [] }', 'The function Fn::ForEach::X is not supported'],
  ])('%s is refused', (text, message) => {
    expect(() => evaluate(readDocument(text), createScope())).toThrow(message);
  });
});

describe('conditions', () => {
  it.each([
    ['bridge', { IsBridge: true, IsOther: false, Both: false, Either: true }],
    ['other', { IsBridge: false, IsOther: true, Both: false, Either: true }],
  ])('with the parameter %s', (Name, expected) => {
    const scope = createScope({ Name });

    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, conditionHolds(name, scope)]))).toEqual(expected);
  });
});

describe('a parameter', () => {
  it.each([
    ['String, AllowedPattern: "[a-z]+"', 'abc', undefined],
    ['String, AllowedPattern: "[a-z]+"', 'abc1', 'P must match [a-z]+, but is "abc1"'],
    ['String, AllowedPattern: "a|b"', 'ab', 'P must match'],
    ['String, AllowedPattern: a, ConstraintDescription: Must be a.', 'b', 'P must be a, but is "b"'],
    ['CommaDelimitedList, AllowedPattern: "[a-z]"', 'a, b', undefined],
    ['CommaDelimitedList, AllowedPattern: "[a-z]"', 'a,1', 'but is "1"'],
    ['String, AllowedValues: ["true", "false"]', 'yes', 'P must be one of true, false, but is "yes"'],
    ['String, AllowedValues: [true]', 'true', undefined],
    ['String, MinLength: 2, MaxLength: 3', 'abcd', 'P must have 2 to 3 characters'],
    ['Number, MinValue: 900, MaxValue: 3600', '900', undefined],
    ['Number, MinValue: 900, MaxValue: 3600', '3601', 'P must be a number from 900 to 3600'],
    ['Number', 'many', 'P must be a number'],
  ])('of the type %s, given "%s"', (definition, P, problem) => {
    const template = asTemplate(readDocument(`Parameters: { P: { Type: ${definition} } }\nResources: {}`));

    const resolve = () => resolveParameters(template, { P });

    if (problem === undefined) expect(resolve).not.toThrow();
    else expect(resolve).toThrow(problem);
  });

  it('that is wrong is told together with all others', () => {
    const template = asTemplate(readDocument('Parameters: { A: { Type: String }, B: { Type: Number } }\nResources: {}'));

    expect(() => resolveParameters(template, { B: 'x', C: '' })).toThrow(
      /C is no parameter of this template; A is not given; B must be a number/,
    );
  });
});

describe('the rules of a template', () => {
  const RULES = `
Parameters: { A: { Type: String }, Strict: { Type: String, Default: 'yes' } }
Rules:
  Filled:
    RuleCondition: !Equals [!Ref Strict, 'yes']
    Assertions: [{ Assert: !Not [!Equals [!Ref A, '']], AssertDescription: A must be given. }]
Resources: {}`;

  it('refuse parameters that do not go together', () => {
    expect(() => checkRules(createScope({ A: '' }, RULES))).toThrow('A must be given.');
  });

  it.each([{ A: 'x' }, { A: '', Strict: 'no' }])('accept %j', (given) => {
    expect(() => checkRules(createScope(given, RULES))).not.toThrow();
  });
});
