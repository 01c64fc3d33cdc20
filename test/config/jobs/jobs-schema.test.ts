import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkSyncRequest } from '../../../src/config/jobs/jobs.ts';
import { jobsSchema } from '../../../src/config/jobs/jobs-schema.ts';
import { checkJobs } from '../../../src/config/jobs/read-jobs.ts';
import { FULL_JOB, RETURN_JOB } from '../../infra/support/parameters.ts';

const SOURCE = 's3://bucket/from';
const DESTINATION = 'https://account.blob.core.windows.net/box/to';
const JOB = { name: 'nightly', source: SOURCE, destination: DESTINATION };

const ajv = new Ajv({ schemas: [{ ...jobsSchema(), $id: 'jobs' }], strict: true, strictTypes: false });
const accepts = (jobs: unknown) => ajv.validate('jobs', jobs) as boolean;
const acceptsRequest = (body: unknown) => ajv.validate('jobs#/definitions/syncRequest', body) as boolean;
const isAccepted = (jobs: unknown) => checkJobs(JSON.stringify(jobs), 'jobs.json').problems === undefined;

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
}

/** Every property by its path, `$ref`s apart, which have a definition of their own. */
function propertiesOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, property]) =>
    property.$ref === undefined ? [[`${path}.${name}`, property] as const, ...propertiesOf(property, `${path}.${name}`)] : [],
  );
}

const definitions = Object.entries(jobsSchema()['definitions'] as Readonly<Record<string, Node>>);

/** What a schema can refuse. */
const REFUSED: readonly (readonly [string, unknown])[] = [
  ['something else', 7],
  ['an object without jobs', {}],
  ['an object with more', { jobs: [JOB], more: 1 }],
  ['a job without a destination', [{ name: 'nightly', source: SOURCE }]],
  ['an unknown field', [{ ...JOB, extra: 1 }]],
  ['an unknown option', [{ ...JOB, options: { extra: 1 } }]],
  ['no location', [{ ...JOB, source: 'nowhere' }]],
  ['a location with a SAS', [{ ...JOB, destination: `${DESTINATION}?sig=planted` }]],
  ['a location with a password', [{ ...JOB, destination: 'https://user:planted@account.blob.core.windows.net/box' }]],
  ['a comparison that does not exist', [{ ...JOB, options: { compare: 'maybe' } }]],
  ['too many lanes', [{ ...JOB, options: { lanes: 65 } }]],
  ['no lane', [{ ...JOB, options: { lanes: 0 } }]],
  ['half an object at once', [{ ...JOB, options: { concurrency: 0.5 } }]],
  ['an empty key to split at', [{ ...JOB, options: { splitAt: [''] } }]],
  ...['', 'Nightly', '-a', 'a-', 'a b', 'a/b', 'x'.repeat(49)].map((name) => [`the name ${name}`, [{ ...JOB, name }]] as const),
  ...['2 * * *', 'hourly', '0 0 2 * * * *', ''].map((schedule) => [`the schedule ${schedule}`, [{ ...JOB, schedule }]] as const),
];

describe('jobs.schema.json', () => {
  it('is what "npm run schema" writes', () => {
    const written = JSON.parse(readFileSync(new URL('../../../jobs.schema.json', import.meta.url), 'utf8'));

    expect(written).toEqual(JSON.parse(JSON.stringify(jobsSchema())));
  });

  it.each(definitions.flatMap(([name, definition]) => propertiesOf(definition, name)))(
    'tells what %s is, with an example',
    (_, property) => {
      expect(property.description).toMatch(/^[A-Z].+\.$/);
      expect(property.examples).not.toHaveLength(0);
    },
  );

  it('has examples that are right by itself', () => {
    const wrong = definitions
      .flatMap(([name, definition]) => propertiesOf(definition, name))
      .filter(([, property]) => property.examples?.some((example) => !ajv.validate(property, example)));

    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  it.each([
    ['a job with no more than it needs', [JOB]],
    ['a job with everything', [FULL_JOB, RETURN_JOB]],
    ['none', []],
    ['a schedule without seconds', [{ ...JOB, schedule: '*/5 * * * *' }]],
    ['a schedule in an app setting', [{ ...JOB, schedule: '%NIGHTLY%' }]],
    ['a job that is switched off', [{ ...JOB, schedule: ' 0 0/15 * * * Mon ', enabled: false }]],
    ['an object that names the schema', { $schema: './jobs.schema.json', jobs: [JOB] }],
    ['an object without a schema', { jobs: [JOB] }],
    ['whole buckets and containers', [{ ...JOB, source: 's3://bucket', destination: 'https://account.blob.core.windows.net/box' }]],
    ['an emulator', [{ ...JOB, destination: 'http://127.0.0.1:10000/devstoreaccount1/box' }]],
    ['every character in a prefix', [{ ...JOB, source: 's3://bucket/a?b#c/é', destination: `${DESTINATION}/a%3Fb` }]],
  ])('accepts, as the app does: %s', (_, jobs) => {
    expect([accepts(jobs), isAccepted(jobs)]).toEqual([true, true]);
  });

  it.each(REFUSED)('refuses, as the app does: %s', (_, jobs) => {
    expect([accepts(jobs), isAccepted(jobs)]).toEqual([false, false]);
  });

  it.each([
    [{ source: SOURCE, destination: DESTINATION }, true],
    [{ source: SOURCE, destination: DESTINATION, options: { dryRun: true }, reportTo: 's3://bucket/reports' }, true],
    [JOB, false],
    [{ source: SOURCE }, false],
    [[], false],
  ])('defines the body of POST /api/sync: %j', (body, expected) => {
    expect([acceptsRequest(body), checkSyncRequest(body).problems === undefined]).toEqual([expected, expected]);
  });
});
