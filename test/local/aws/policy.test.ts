import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../local/aws/iam/policy.ts';
import { type AccessRequest, evaluateStatements, type Verdict } from '../../../src/trust/evaluate/statement.ts';

const OBJECT = 'arn:aws:s3:::bucket/data/key';

function request({
  context = {},
  ...more
}: Partial<Omit<AccessRequest, 'context'>> & { context?: Record<string, string | string[]> } = {}) {
  const values = new Map(Object.entries(context).map(([name, value]) => [name, [value].flat()]));
  return { action: 's3:GetObject', resource: OBJECT, ...more, context: values };
}

function evaluate(statements: readonly object[], asked: AccessRequest = request()): Verdict {
  return evaluateStatements(parsePolicy({ Version: '2012-10-17', Statement: statements }, 'identity'), asked);
}

const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

describe('a policy', () => {
  it.each<[string, object[], Verdict]>([
    ['nothing', [{ ...ALLOW_ALL, Action: 's3:PutObject' }], 'unmatched'],
    ['the action', [{ ...ALLOW_ALL, Action: 's3:GetObject' }], 'allowed'],
    ['the action in another case', [{ ...ALLOW_ALL, Action: 'S3:getobject' }], 'allowed'],
    ['one of several actions', [{ ...ALLOW_ALL, Action: ['s3:PutObject', 's3:Get*'] }], 'allowed'],
    ['all actions but one', [{ Effect: 'Allow', NotAction: 's3:DeleteObject', Resource: '*' }], 'allowed'],
    ['all actions but this one', [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }], 'unmatched'],
    ['the resource', [{ ...ALLOW_ALL, Resource: OBJECT }], 'allowed'],
    ['the resource in another case', [{ ...ALLOW_ALL, Resource: OBJECT.toUpperCase() }], 'unmatched'],
    ['the prefix', [{ ...ALLOW_ALL, Resource: 'arn:aws:s3:::bucket/data/*' }], 'allowed'],
    ['another prefix', [{ ...ALLOW_ALL, Resource: 'arn:aws:s3:::bucket/dat/*' }], 'unmatched'],
    ['any one character', [{ ...ALLOW_ALL, Resource: 'arn:aws:s3:::bucket/data/ke?' }], 'allowed'],
    ['the bucket, which is not the object', [{ ...ALLOW_ALL, Resource: 'arn:aws:s3:::bucket' }], 'unmatched'],
    ['all resources but another', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::bucket/x/*' }], 'allowed'],
    ['all resources but this', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::bucket/data/*' }], 'unmatched'],
    ['a dot, which is no wildcard', [{ ...ALLOW_ALL, Resource: 'arn.aws:s3:::bucket/data/key' }], 'unmatched'],
    ['everything, and denies it too', [ALLOW_ALL, { ...ALLOW_ALL, Effect: 'Deny' }], 'denied'],
    ['everything, and denies something else', [ALLOW_ALL, { ...ALLOW_ALL, Effect: 'Deny', Action: 's3:PutObject' }], 'allowed'],
  ])('that allows %s', (_name, statements, verdict) => {
    expect(evaluate(statements)).toBe(verdict);
  });

  it.each<[object, Record<string, string | string[]>, boolean]>([
    [{ StringEquals: { 's3:prefix': 'a' } }, { 's3:prefix': 'a' }, true],
    [{ StringEquals: { 'S3:Prefix': 'a' } }, { 's3:prefix': 'a' }, true],
    [{ StringEquals: { 's3:prefix': ['b', 'a'] } }, { 's3:prefix': 'a' }, true],
    [{ StringEquals: { 's3:prefix': 'a' } }, { 's3:prefix': 'A' }, false],
    [{ StringEquals: { 's3:prefix': 'a*' } }, { 's3:prefix': 'ab' }, false],
    [{ StringEquals: { 's3:prefix': 'a' } }, {}, false],
    [{ StringEquals: { 's3:prefix': 'a', 's3:delimiter': '/' } }, { 's3:prefix': 'a' }, false],
    [{ StringEqualsIfExists: { 's3:prefix': 'a' } }, {}, true],
    [{ StringEqualsIfExists: { 's3:prefix': 'a' } }, { 's3:prefix': 'b' }, false],
    [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'c' }, true],
    [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'a' }, false],
    [{ StringNotEquals: { 's3:prefix': 'a' } }, {}, true],
    [{ StringEqualsIgnoreCase: { 's3:prefix': 'a' } }, { 's3:prefix': 'A' }, true],
    [{ StringLike: { 's3:prefix': 'data/*' } }, { 's3:prefix': 'data/2026' }, true],
    [{ StringLike: { 's3:prefix': 'data/*' } }, { 's3:prefix': 'other/data/' }, false],
    [{ StringLike: { 's3:prefix': `a$${'{'}*}$${'{'}?}$${'{'}$}/*` } }, { 's3:prefix': 'a*?$/b' }, true],
    [{ StringLike: { 's3:prefix': `a$${'{'}*}/*` } }, { 's3:prefix': 'ab/c' }, false],
    [{ StringNotLike: { 's3:prefix': 'data/*' } }, { 's3:prefix': 'data/2026' }, false],
    [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:securetransport': 'true' }, false],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:securetransport': 'true' }, true],
    [{ Null: { 's3:prefix': 'true' } }, {}, true],
    [{ Null: { 's3:prefix': 'true' } }, { 's3:prefix': 'a' }, false],
    [{ Null: { 's3:prefix': false } }, { 's3:prefix': 'a' }, true],
    [{ NumericLessThanEquals: { 's3:max-keys': 10 } }, { 's3:max-keys': '10' }, true],
    [{ NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '9' }, true],
    [{ NumericGreaterThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '9' }, false],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, { 'aws:currenttime': '2026-02-01T00:00:00Z' }, true],
    [{ ArnLike: { 'aws:PrincipalArn': '*' } }, { 'aws:principalarn': 'arn:aws:iam::1:role/x' }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*' } }, { 'aws:principalarn': 'arn:aws:iam::1:role/x' }, false],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:sourceip': '10.1.2.3' }, true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:sourceip': '11.1.2.3' }, false],
    [{ IpAddress: { 'aws:SourceIp': '10.1.2.3' } }, { 'aws:sourceip': '10.1.2.3' }, true],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, { 'aws:sourceip': '2001:db8::7' }, true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, {}, false],
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:sourceip': '11.1.2.3' }, true],
    [{ DateEquals: { 'aws:CurrentTime': '1767225600' } }, { 'aws:currenttime': '2026-01-01T00:00:00Z' }, true],
    [{ BinaryEquals: { k: 'QUI=' } }, { k: 'QUI=' }, true],
    [{ NumericEquals: { k: '1' } }, { k: '' }, false],
    [{ NumericLessThan: { k: '1' } }, { k: 'text' }, false],
    [{ NumericNotEquals: { k: '1' } }, {}, true],
    [{ NumericNotEqualsIfExists: { k: '1' } }, { k: '1' }, false],
    [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, false],
    [{ StringEquals: { k: [] } }, { k: 'a' }, false],
    [{ StringNotEquals: { k: [] } }, { k: 'a' }, true],
    [{ stringequals: { K: 'a' } }, { k: 'a' }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } }, { 'aws:principalarn': 'arn:aws:iam::1:role/x' }, true],
    [{ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['x', 'b'] }, true],
    [{ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['x', 'y'] }, false],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, {}, false],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'x'] }, false],
    [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
  ])('with the condition %j, asked with %j', (Condition, context, holds) => {
    expect(evaluate([{ ...ALLOW_ALL, Condition }], request({ context }))).toBe(holds ? 'allowed' : 'unmatched');
  });

  it.each<[string, Record<string, string>, boolean]>([
    [`$${'{'}k}`, { k: 'a', s: 'a' }, true],
    [`$${'{'}k}`, { k: 'b', s: 'a' }, false],
    [`$${'{'}K}/*`, { k: '*', s: '*/x' }, true],
    [`$${'{'}K}/*`, { k: '*', s: 'a/x' }, false],
    [`$${'{'}k}`, { s: 'a' }, false],
    [`$${'{'}k, 'a'}`, { s: 'a' }, true],
    [`$${'{'}k, 'a'}`, { k: 'b', s: 'a' }, false],
    // IAM calls a key with an empty value null, as one that is not there.
    [`$${'{'}k}`, { k: '', s: '' }, false],
    [`x$${'{'}k}*`, { k: '', s: 'xy' }, false],
    [`$${'{'}k, 'a'}`, { k: '', s: 'a' }, true],
  ])('reads the variable %s, asked with %j', (value, context, holds) => {
    const statements = [{ ...ALLOW_ALL, Condition: { StringLike: { s: value } } }];

    expect(evaluate(statements, request({ context }))).toBe(holds ? 'allowed' : 'unmatched');
  });

  it('before 2012-10-17 has text in place of variables', () => {
    const document = { Statement: { ...ALLOW_ALL, Condition: { StringEquals: { s: `$${'{'}k}` } } } };
    const verdict = (s: string) => evaluateStatements(parsePolicy(document, 'identity'), request({ context: { k: 'a', s } }));

    expect([verdict('a'), verdict(`$${'{'}k}`)]).toEqual(['unmatched', 'allowed']);
  });

  it.each<[string, unknown]>([
    ['is not JSON', '{'],
    ['has no statements', { Version: '2012-10-17' }],
    ['has an unknown version', { Version: '2020-01-01', Statement: [ALLOW_ALL] }],
    ['has neither action nor its opposite', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
    ['has no resource', { Statement: [{ Effect: 'Allow', Action: '*' }] }],
    ['has a principal', { Statement: [{ ...ALLOW_ALL, Principal: '*' }] }],
    ['has an unknown effect', { Statement: [{ ...ALLOW_ALL, Effect: 'allow' }] }],
    ['has a misspelt element', { Statement: [{ ...ALLOW_ALL, Conditions: {} }] }],
    [
      'has an operator that is not known',
      { Statement: [{ ...ALLOW_ALL, Condition: { StringMatches: { 'aws:SourceIp': '10.0.0.0/8' } } }] },
    ],
    ['has a variable', { Statement: [{ ...ALLOW_ALL, Resource: `arn:aws:s3:::bucket/$${'{'}aws:userid}/*` }] }],
  ])('is refused when it %s', (_name, document) => {
    expect(() => parsePolicy(document, 'identity')).toThrow();
  });

  it('of a role is refused as a trust policy, and the other way round', () => {
    const trust = { Statement: { Effect: 'Allow', Principal: { Federated: 'arn' }, Action: 'sts:AssumeRoleWithWebIdentity' } };

    expect(() => parsePolicy({ Statement: ALLOW_ALL }, 'trust')).toThrow('Principal');
    expect(() => parsePolicy(trust, 'identity')).toThrow('Resource');
    expect(parsePolicy(JSON.stringify(trust), 'trust')).toHaveLength(1);
  });
});
