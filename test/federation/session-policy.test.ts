import { describe, expect, it } from 'vitest';
import { type Grant, sessionPolicyFor } from '../../src/federation/session-policy.ts';

function statements(grants: readonly Grant[], options = {}) {
  return JSON.parse(sessionPolicyFor(grants, options)).Statement;
}

const readReports: Grant = { bucket: 'data', prefix: 'reports/', access: 'read' };
const writeReports: Grant = { bucket: 'data', prefix: 'reports/', access: 'write' };

describe('the session policy', () => {
  it('of a source lets its objects be read and listed', () => {
    const [objects, bucket] = statements([readReports]);

    expect(objects).toEqual({ Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::data/reports/*' });
    expect(bucket).toEqual({
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::data',
      Condition: { StringLike: { 's3:prefix': 'reports/*' } },
    });
  });

  it('of a destination lets objects be written, whole and in parts, but not deleted', () => {
    const [objects, bucket] = statements([writeReports]);

    expect(objects.Action).toEqual(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']);
    expect(bucket.Action).toBe('s3:ListBucket');
  });

  it('of the janitor lets uploads be listed too, without a condition on the prefix, which IAM does not have for that', () => {
    const [, , uploads] = statements([{ ...writeReports, mayListUploads: true }]);

    expect(uploads).toEqual({ Effect: 'Allow', Action: 's3:ListBucketMultipartUploads', Resource: 'arn:aws:s3:::data' });
  });

  it('allows deletion where it was asked for', () => {
    const [objects] = statements([{ ...writeReports, mayDelete: true }]);

    expect(objects.Action).toContain('s3:DeleteObject');
  });

  it('allows an ACL where the job gives one', () => {
    const [[withAcl], [without]] = [statements([{ ...writeReports, maySetAcl: true }]), statements([writeReports])];

    expect(withAcl.Action).toEqual([...without.Action, 's3:PutObjectAcl']);
  });

  it.each([
    [readReports, 's3:GetObjectTagging'],
    [writeReports, 's3:PutObjectTagging'],
  ])('speaks of tags only where they are carried: %j', (grant, action) => {
    const [[withTags], [without]] = [statements([{ ...grant, tags: true }]), statements([grant])];

    expect(withTags.Action).toEqual([...without.Action, action]);
  });

  it('of a whole bucket has no condition on the prefix, since such a listing names none', () => {
    const [objects, bucket] = statements([{ bucket: 'data', prefix: '', access: 'read' }]);

    expect(objects.Resource).toBe('arn:aws:s3:::data/*');
    expect(bucket).not.toHaveProperty('Condition');
  });

  it.each([
    ['*', `\${*}`],
    ['?', `\${?}`],
    ['$', `\${$}`],
    [`\${aws:username}`, `\${$}{aws:username}`],
  ])('takes %s in a prefix literally', (text, escaped) => {
    const [objects, bucket] = statements([{ bucket: 'data', prefix: `a${text}b`, access: 'read' }]);

    expect(objects.Resource).toBe(`arn:aws:s3:::data/a${escaped}b*`);
    expect(bucket.Condition.StringLike['s3:prefix']).toBe(`a${escaped}b*`);
  });

  it.each(['日本/', 'Zürich/', '🙂/', '\u0085/', 'a\u200bb/'])('has only characters that STS takes, and the same meaning: %j', (prefix) => {
    const policy = sessionPolicyFor([{ bucket: 'data', prefix, access: 'read' }]);

    expect(policy).toMatch(/^[\t\n\r\u0020-\u00ff]+$/);
    expect(JSON.parse(policy).Statement[0].Resource).toBe(`arn:aws:s3:::data/${prefix}*`);
  });

  it('counts escaped characters as STS does', () => {
    const grants: readonly Grant[] = [{ bucket: 'data', prefix: '日'.repeat(200), access: 'write' }];

    expect(() => sessionPolicyFor(grants)).toThrow(/2048 at most/);
  });

  it('names the partition', () => {
    const [objects] = statements([readReports], { partition: 'aws-cn' });

    expect(objects.Resource).toBe('arn:aws-cn:s3:::data/reports/*');
  });

  it.each([
    ['read', ['kms:Decrypt']],
    ['write', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ] as const)('lets S3 use the keys of encrypted objects to %s', (access, actions) => {
    const keys = statements([{ ...readReports, access }]).at(-1);

    expect(keys).toMatchObject({ Action: actions, Condition: { StringLike: { 'kms:ViaService': 's3.*' } } });
  });

  it('speaks of no keys where there is no KMS', () => {
    const policy = sessionPolicyFor([readReports], { hasKms: false });

    expect(JSON.parse(policy).Statement).toHaveLength(2);
    expect(policy).not.toContain('kms');
  });

  it('fits STS for two locations with prefixes of 250 characters', () => {
    const prefix = 'p'.repeat(250);

    const policy = sessionPolicyFor([
      { bucket: 'b'.repeat(63), prefix, access: 'read' },
      { bucket: 'c'.repeat(63), prefix, access: 'write', mayDelete: true },
    ]);

    expect(policy.length).toBeLessThanOrEqual(2_048);
  });

  it('that would be too long for STS is refused, with the locations and what to do', () => {
    const grants: readonly Grant[] = [{ bucket: 'data', prefix: 'p'.repeat(1_000), access: 'write' }];

    expect(() => sessionPolicyFor(grants)).toThrow(/s3:\/\/data\/p+ has \d+ characters.*2048 at most.*shorter prefixes/);
  });
});
