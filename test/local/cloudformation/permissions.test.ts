import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedTemplate } from '../../../local/cloudformation/deploy-trust.ts';
import { sessionPolicyFor } from '../../../src/federation/session-policy.ts';
import { createS3Leftovers } from '../../../src/stores/s3/listing/s3-leftovers.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { LeftoverUploads } from '../../../src/sync/store/leftovers.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { isStoreError } from '../../../src/sync/store/store-error.ts';
import type { ParameterValues } from '../../../src/trust/template/parameters.ts';
import type { Resource, Template } from '../../../src/trust/template/read-template.ts';
import { SOURCE, startTestAccount, TARGET, type TestAccount } from './account.ts';

const BYTES = Buffer.from('content');

let account: TestAccount;
const clients: S3Client[] = [];

beforeAll(async () => {
  account = await startTestAccount();
  const roleArn = account.deploy({ ReadPrefix: '', WriteBucket: TARGET.bucket, WritePrefix: '' });
  const source = account.deploy({ WriteBucket: SOURCE.bucket, WritePrefix: '' });
  for (const prefix of ['in/', 'other/']) await OPERATIONS.write(open(source, { ...SOURCE, prefix }));
  for (const prefix of ['', 'out/', 'other/']) await OPERATIONS.write(open(roleArn, { ...TARGET, prefix }));
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await account.stop();
});

/** What the app works on. */
interface Place extends Store {
  readonly leftovers: LeftoverUploads;
  readonly withAcl: Store;
}

/** A store as the role sees it, without a policy of the session unless there is one. */
function open(roleArn: string, location: { readonly bucket: string; readonly prefix: string }, policy?: string): Place {
  const client = createS3Client({
    region: account.aws.region,
    endpoint: account.aws.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: account.aws.issueSession({ roleArn, expiresInSeconds: 900, policy }),
  });
  clients.push(client);
  const withAcl = createS3Store({ client, ...location, acl: 'bucket-owner-full-control' });
  return { ...createS3Store({ client, ...location }), withAcl, leftovers: createS3Leftovers({ client, ...location }) };
}

const UPLOAD = { key: 'big', sizeBytes: BYTES.length, properties: { metadata: {} } };

/** What the app does to a store in which there is an object `a`. */
const OPERATIONS = {
  list: (store: Store) => Array.fromAsync(store.list()),
  head: (store: Store) => store.head('a'),
  'find nothing': (store: Store) => store.head('absent'),
  read: async (store: Store) => Array.fromAsync((await store.read('a')).body),
  write: (store: Store) => store.write('a', BYTES, { properties: { metadata: {} }, crc64: crc64(BYTES) }),
  upload: async (store: Store) => {
    const upload = await store.beginUpload(UPLOAD);
    const part = await store.uploadPart(upload, 1, BYTES, { crc64: crc64(BYTES) });
    return store.commit(upload, [part], { crc64: crc64(BYTES) });
  },
  'see parts': async (store: Store) => store.listParts(await store.beginUpload(UPLOAD)),
  abort: async (store: Store) => store.abort(await store.beginUpload(UPLOAD)),
  'see uploads': ({ leftovers }: Place) => Array.fromAsync(leftovers.list()),
  delete: (store: Store) => store.delete('absent'),
  restore: (store: Store) => store.requestRestore('a', { speed: 'standard', days: 1, tier: 'Hot' }),
  'see tags': (store: Store) => store.readTags('a'),
  'write tags': (store: Store) => store.write('a', BYTES, { properties: { metadata: {}, tags: { a: 'b' } }, crc64: crc64(BYTES) }),
  'write an ACL': ({ withAcl }: Place) => withAcl.write('a', BYTES, { properties: { metadata: {} }, crc64: crc64(BYTES) }),
} as const satisfies Record<string, (store: Place) => Promise<unknown>>;

type Operation = keyof typeof OPERATIONS;

/** `done`, or the code of the error. */
async function outcomeOf(operation: Operation, store: Place): Promise<string> {
  try {
    await OPERATIONS[operation](store);
    return 'done';
  } catch (error) {
    if (isStoreError(error)) return error.code;
    throw error;
  }
}

const READING: readonly Operation[] = ['list', 'head', 'find nothing', 'read'];
const WRITING: readonly Operation[] = [...READING, 'write', 'upload', 'see parts', 'abort', 'see uploads'];
const DELETES = { AllowDelete: 'true' };
const TAGS = { AllowTags: 'true' };
const ACLS = { AllowAcl: 'true' };
const RESTORES = { AllowRestore: 'true' };

describe('the role of the shipped template', () => {
  it.each(READING)('may %s in what is read, also in a session of a run', async (operation) => {
    const policy = sessionPolicyFor([{ ...SOURCE, access: 'read' }]);

    expect(await outcomeOf(operation, open(account.deploy(), SOURCE, policy))).toBe('done');
  });

  it.each(WRITING)('may %s in what is written, also in a session that is narrowed to it', async (operation) => {
    const policy = sessionPolicyFor([{ ...TARGET, access: 'write', mayListUploads: true }]);

    expect(await outcomeOf(operation, open(account.deploy(), TARGET, policy))).toBe('done');
  });

  it('may not see uploads in the session of a run, which could not be narrowed to its prefix', async () => {
    const policy = sessionPolicyFor([{ ...TARGET, access: 'write' }]);

    expect(await outcomeOf('see uploads', open(account.deploy(), TARGET, policy))).toBe('permission-denied');
  });

  it.each(WRITING)('may %s in whole buckets when no prefix is given', async (operation) => {
    const roleArn = account.deploy({ ReadBucket: '', ReadPrefix: '', WritePrefix: '' });

    expect(await outcomeOf(operation, open(roleArn, { ...TARGET, prefix: '' }))).toBe('done');
  });

  it('may delete when that was asked for', async () => {
    const policy = sessionPolicyFor([{ ...TARGET, access: 'write', mayDelete: true }]);

    expect(await outcomeOf('delete', open(account.deploy(DELETES), TARGET, policy))).toBe('done');
  });

  it('may read and write tags when that was asked for, in a session of a run that carries them', async () => {
    const roleArn = account.deploy(TAGS);
    const ofSource = sessionPolicyFor([{ ...SOURCE, access: 'read', tags: true }]);
    const ofTarget = sessionPolicyFor([{ ...TARGET, access: 'write', tags: true }]);

    const outcomes = [
      await outcomeOf('see tags', open(roleArn, SOURCE, ofSource)),
      await outcomeOf('write tags', open(roleArn, TARGET, ofTarget)),
    ];

    expect(outcomes).toEqual(['done', 'done']);
  });

  it('may not touch tags in a session of a run that does not carry them', async () => {
    const roleArn = account.deploy(TAGS);
    const ofSource = sessionPolicyFor([{ ...SOURCE, access: 'read' }]);
    const ofTarget = sessionPolicyFor([{ ...TARGET, access: 'write' }]);

    const outcomes = [
      await outcomeOf('see tags', open(roleArn, SOURCE, ofSource)),
      await outcomeOf('write tags', open(roleArn, TARGET, ofTarget)),
    ];

    expect(outcomes).toEqual(['permission-denied', 'permission-denied']);
  });

  it.each<[Operation, string, { readonly bucket: string; readonly prefix: string }, ParameterValues]>([
    ['see tags', 'what is read, unless that was asked for', SOURCE, {}],
    ['write tags', 'what is written, unless that was asked for', TARGET, {}],
    ['see tags', 'another prefix of what is read', { ...SOURCE, prefix: 'other/' }, TAGS],
    ['write tags', 'what is read', SOURCE, TAGS],
    ['delete', 'what is written, unless that was asked for', TARGET, {}],
    ['delete', 'what is read', SOURCE, DELETES],
    ['write', 'what is read', SOURCE, {}],
    ['list', 'another prefix of what is read', { ...SOURCE, prefix: 'other/' }, {}],
    ['read', 'another prefix of what is read', { ...SOURCE, prefix: 'other/' }, {}],
    ['list', 'the whole bucket of what is read', { ...SOURCE, prefix: '' }, {}],
    ['list', 'another prefix of what is written', { ...TARGET, prefix: 'other/' }, {}],
    ['read', 'another prefix of what is written', { ...TARGET, prefix: 'other/' }, {}],
    ['write', 'another prefix of what is written', { ...TARGET, prefix: 'other/' }, {}],
    ['upload', 'another prefix of what is written', { ...TARGET, prefix: 'other/' }, {}],
    ['delete', 'another prefix of what is written', { ...TARGET, prefix: 'other/' }, DELETES],
    ['see uploads', 'what is read', SOURCE, {}],
    ['list', 'what is written, when it only reads', TARGET, { WriteBucket: '' }],
    ['list', 'what is read, when it only writes', SOURCE, { ReadBucket: '' }],
    ['list', 'a bucket of the same name in another account', SOURCE, { BucketAccount: '999999999999' }],
    ['write', 'a bucket of the same name in another account', TARGET, { BucketAccount: '999999999999' }],
  ])('may not %s: %s', async (operation, _, location, parameters) => {
    expect(await outcomeOf(operation, open(account.deploy(parameters), location))).toBe('permission-denied');
  });
});

describe('a role that may restore', () => {
  it.each([
    [true, true, 'archived'],
    [true, false, 'permission-denied'],
    [false, true, 'permission-denied'],
  ])('asks for archived objects of the source only when its session may too: %s, %s', async (mayRole, mayRestore, outcome) => {
    const policy = sessionPolicyFor([{ ...SOURCE, access: 'read', mayRestore }]);

    // The object is not archived, which S3 refuses only to those who may ask.
    expect(await outcomeOf('restore', open(account.deploy(mayRole ? RESTORES : {}), SOURCE, policy))).toBe(outcome);
  });
});

describe('a permission that the role lacks', () => {
  const MISSING: readonly (readonly [action: string, resource: string, operation: Operation])[] = [
    ['s3:ListBucket', 'ReadAccess', 'list'],
    ['s3:ListBucket', 'ReadAccess', 'find nothing'],
    ['s3:GetObject', 'ReadAccess', 'head'],
    ['s3:GetObject', 'ReadAccess', 'read'],
    ['s3:ListBucket', 'WriteAccess', 'list'],
    ['s3:GetObject', 'WriteAccess', 'head'],
    ['s3:PutObject', 'WriteAccess', 'write'],
    ['s3:PutObject', 'WriteAccess', 'upload'],
    ['s3:ListMultipartUploadParts', 'WriteAccess', 'see parts'],
    ['s3:AbortMultipartUpload', 'WriteAccess', 'abort'],
    ['s3:ListBucketMultipartUploads', 'WriteAccess', 'see uploads'],
    ['s3:DeleteObject', 'DeleteAccess', 'delete'],
    ['s3:GetObjectTagging', 'ReadTagsAccess', 'see tags'],
    ['s3:RestoreObject', 'RestoreAccess', 'restore'],
    ['s3:PutObjectTagging', 'WriteTagsAccess', 'write tags'],
    ['s3:PutObjectAcl', 'WriteAclAccess', 'write an ACL'],
  ];

  it.each(MISSING)('is named by the error: %s of %s, to %s', async (action, resource, operation) => {
    const roleArn = account.deploy({ ...DELETES, ...TAGS, ...ACLS, ...RESTORES }, without(shippedTemplate(), resource, action));

    const attempt = OPERATIONS[operation](open(roleArn, resource.startsWith('Re') ? SOURCE : TARGET));

    await expect(attempt).rejects.toMatchObject({
      name: 'StoreError',
      code: 'permission-denied',
      message: expect.stringContaining(action),
    });
  });

  it('is each one that the template grants on S3', () => {
    const granted = [
      'ReadAccess',
      'WriteAccess',
      'DeleteAccess',
      'ReadTagsAccess',
      'WriteTagsAccess',
      'WriteAclAccess',
      'RestoreAccess',
    ].flatMap((name) => actionsOf(shippedTemplate(), name).map((action) => `${action} of ${name}`));

    expect(new Set(MISSING.map(([action, resource]) => `${action} of ${resource}`))).toEqual(new Set(granted));
  });
});

interface Statement {
  readonly Action: readonly string[];
}

function resourceOf(template: Template, name: string): Resource {
  return present(template.Resources[name], name);
}

function statementsOf(template: Template, name: string): readonly Statement[] {
  const { Statement } = resourceOf(template, name).Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] };
  return Statement;
}

function actionsOf(template: Template, name: string): readonly string[] {
  return statementsOf(template, name).flatMap(({ Action }) => Action);
}

/** The template with an action taken out of a policy. */
function without(template: Template, name: string, action: string): Template {
  const Statement = statementsOf(template, name)
    .map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) }))
    .filter(({ Action }) => Action.length > 0);
  const resource = resourceOf(template, name);
  const Properties = { ...resource.Properties, PolicyDocument: { Version: '2012-10-17', Statement } };
  return { ...template, Resources: { ...template.Resources, [name]: { ...resource, Properties } } };
}
