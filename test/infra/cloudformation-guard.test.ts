// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are placeholders of CloudFormation.

import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGuard } from './support/cfn-guard.ts';

const TEMPLATE = 'infra/aws/keyless-bridge.yaml';
const RULES = 'infra/aws/guard/keyless-bridge.guard';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cfn-guard-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The shipped template, with a text in it replaced. */
async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(TEMPLATE, 'utf8');
  expect(text).toContain(from);
  const path = join(folder, `${randomUUID()}.yaml`);
  await writeFile(path, text.replaceAll(from, to));
  return path;
}

describe('cfn-guard', () => {
  it('passes the template by every rule', async () => {
    expect(await runGuard(TEMPLATE, RULES)).toMatchObject({ failed: [], skipped: [], passed: expect.objectContaining({ length: 9 }) });
  });

  it('fails the example that circulates', async () => {
    const { failed } = await runGuard('test/trust/fixtures/audience-only.yaml', RULES);

    expect(failed).toContain('provider_outlives_its_stack');
  });

  it.each([
    ['provider_outlives_its_stack', 'UpdateReplacePolicy: Retain', 'UpdateReplacePolicy: Delete'],
    ['provider_url_ends_with_a_slash', 'Url: !Sub https://${IssuerHost}/${TenantId}/', 'Url: !Sub https://${IssuerHost}/${TenantId}'],
    ['provider_creation_is_optional', '    Condition: CreatesProvider\n', ''],
    ['trust_pins_audience_and_subject', ',\n                    "${IssuerHost}/${TenantId}/:sub": ["${SubjectList}"]', ''],
    ['trust_pins_audience_and_subject', '${TenantId}/:sub', '${TenantId}:sub'],
    ['trust_pins_audience_and_subject', '"Federated": "${Provider}"', '"Federated": "*"'],
    ['trust_pins_audience_and_subject', '/:aud": "${Audience}"', '/:aud": "*"'],
    ['trust_has_no_loose_operator', '"StringLike": {', '"ForAllValues:StringEquals": {'],
    ['trust_has_no_loose_operator', '"sts:RoleSessionName"', '"${IssuerHost}/${TenantId}/:amr"'],
    ['permissions_are_listed', '[s3:GetObject]', '["s3:*"]'],
    ['permissions_are_listed', 'Resource: !Ref KmsKeyArns', 'Resource: "*"'],
    ['objects_are_reached_by_tls_in_one_account', 'Bool: { "aws:SecureTransport": "true" }', 'Bool: { "aws:SecureTransport": "false" }'],
    ['created_bucket_is_closed_and_kept', 'VersioningConfiguration: { Status: Enabled }', 'VersioningConfiguration: { Status: Suspended }'],
    ['created_bucket_is_closed_and_kept', 'DeletionPolicy: RetainExceptOnCreate', 'DeletionPolicy: Delete'],
    ['created_bucket_is_closed_and_kept', 'IgnorePublicAcls: true', 'IgnorePublicAcls: false'],
    ['created_bucket_is_closed_and_kept', 'AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }', 'ExpirationInDays: 1'],
    ['created_bucket_refuses_plain_http', 'Effect: Deny', 'Effect: Allow'],
  ])('fails by %s when %j becomes %j', async (rule, from, to) => {
    const { failed } = await runGuard(await changed(from, to), RULES);

    expect(failed).toContain(rule);
  });
});
