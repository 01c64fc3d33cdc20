import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';

const BOX = 'https://account.blob.core.windows.net/box';
const GOOD = { name: 'good', source: `${BOX}/good`, destination: 's3://bucket/good' };

const RIGHT_SETTINGS = {
  AzureWebJobsStorage__accountName: 'host',
  BRIDGE_AUDIENCE: 'api://bridge',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/bridge',
  AWS_REGION: 'eu-central-1',
};

function read(jobs: unknown, settings: Readonly<Record<string, string>> = {}) {
  const text = typeof jobs === 'string' ? jobs : JSON.stringify(jobs);
  const { value, problems } = readSettings({ ...RIGHT_SETTINGS, ...settings }, text);
  if (value === undefined) throw new Error(problems.join('\n'));
  return { jobs: value.jobs.map(({ name }) => name), refused: value.refusedJobs, settings: value };
}

const WRONG = { name: 'wrong', source: `${BOX}/wrong`, destination: 's3://bucket/wrong' };

/** A second job of which something is wrong; how it is called; what is said of it. */
const WRONG_JOBS: readonly (readonly [string, unknown, string, RegExp])[] = [
  ['a schedule', { ...WRONG, schedule: '0 0 2 ? * MON' }, 'Job wrong', /^jobs\.json\[1\]\.schedule: must be an NCRONTAB.*"\?"/],
  ['a schedule that never comes due', { ...WRONG, schedule: '0 0 0 30 2 *' }, 'Job wrong', /never comes due/],
  [
    'a schedule in no setting',
    { ...WRONG, schedule: '%NO_SUCH%' },
    'Job wrong',
    /schedule: names the app setting "NO_SUCH", which is not set/,
  ],
  ['a schedule of another type', { ...WRONG, schedule: 5 }, 'Job wrong', /^jobs\.json\[1\]\.schedule: /],
  ['a source', { ...WRONG, source: 'nowhere' }, 'Job wrong', /^jobs\.json\[1\]\.source: A text of 7 characters is not a location/],
  ['no destination', { name: 'wrong', source: BOX }, 'Job wrong', /^jobs\.json\[1\]\.destination: /],
  ['both locations on one cloud', { ...WRONG, destination: BOX }, 'Job wrong', /other cloud/],
  ['an option', { ...WRONG, options: { lanes: 0 } }, 'Job wrong', /^jobs\.json\[1\]\.options\.lanes: /],
  ['options that do not go together', { ...WRONG, options: { minSize: 2, maxSize: 1 } }, 'Job wrong', /options\.minSize: /],
  ['options of another type', { ...WRONG, options: 'all' }, 'Job wrong', /^jobs\.json\[1\]\.options: /],
  ['an unknown option', { ...WRONG, options: { speed: 1 } }, 'Job wrong', /speed/],
  ['an unknown member', { ...WRONG, shedule: '0 0 2 * * *' }, 'Job wrong', /shedule/],
  ['whether it is enabled', { ...WRONG, enabled: 'no' }, 'Job wrong', /^jobs\.json\[1\]\.enabled: /],
  ['a name', { ...WRONG, name: 'Wrong!' }, 'Job 2 of jobs.json', /^jobs\.json\[1\]\.name: must be/],
  ['no name', { ...WRONG, name: undefined }, 'Job 2 of jobs.json', /^jobs\.json\[1\]\.name: /],
  ['the name of an earlier job', { ...WRONG, name: 'good' }, 'Job good', /"good" is the name of an earlier job too/],
  ['too long a text', { ...WRONG, reportTo: `s3://${'x'.repeat(20_000)}` }, 'Job 2 of jobs.json', /more than 16384 characters in reportTo/],
  [
    'too many entries',
    { ...WRONG, options: { splitAt: new Array(501).fill('x') } },
    'Job 2 of jobs.json',
    /501 entries in options\.splitAt/,
  ],
  [
    'brackets too deep',
    { ...WRONG, options: JSON.parse('['.repeat(40) + ']'.repeat(40)) },
    'Job 2 of jobs.json',
    /nested more than 32 deep/,
  ],
  [
    'a container of the app itself',
    { ...WRONG, source: 'https://host.blob.core.windows.net/keyless-bridge' },
    'Job wrong',
    /the app itself/,
  ],
  ...[null, 7, 'text', [], true].map(
    (entry) => [`another type, ${JSON.stringify(entry)}`, entry, 'Job 2 of jobs.json', /^jobs\.json\[1\]/] as const,
  ),
];

describe('a configured job of which something is wrong', () => {
  it.each(WRONG_JOBS)('costs only that job, and is named with its problem: %s', (_, job, label, problem) => {
    const last = { ...GOOD, name: 'last', source: `${BOX}/last`, destination: 's3://bucket/last' };

    const { jobs, refused } = read([GOOD, job, last]);

    expect(jobs).toEqual(['good', 'last']);
    expect(refused).toEqual([expect.objectContaining({ label, problems: expect.arrayContaining([expect.stringMatching(problem)]) })]);
  });

  it('keeps its name from a later one', () => {
    const { jobs, refused } = read([{ ...GOOD, schedule: 'x' }, GOOD]);

    expect(jobs).toEqual([]);
    expect(refused).toHaveLength(2);
  });

  it('costs others nothing by its place in an object', () => {
    const { jobs, refused } = read({ jobs: [{}, GOOD], more: 1 });

    expect(jobs).toEqual(['good']);
    expect(refused.map(({ label }) => label)).toEqual(['Job 1 of jobs.json', 'A part of jobs.json']);
  });

  it('still says that edits come back by it: the other direction keeps them', () => {
    const back = { name: 'back', source: GOOD.destination, destination: GOOD.source, schedule: 'never' };

    const { refused } = read([GOOD, back]);

    expect(refused[0]?.intent).toMatchObject({ source: { bucket: 'bucket', prefix: 'good/' }, destination: { prefix: 'good/' } });
  });
});

describe('what a wrong job has copied', () => {
  const mirror = { name: 'mirror', source: `${BOX}/one`, destination: 's3://bucket/shared', options: { delete: {} } };
  const copier = { name: 'copier', source: `${BOX}/two`, destination: 's3://bucket/shared/two' };

  it.each([
    ['schedule', { ...copier, schedule: 'x' }],
    ['option', { ...copier, options: { lanes: 0 } }],
    ['source', { ...copier, source: 'nowhere' }],
    ['name', { ...copier, name: 'No' }],
  ])('is not deleted by a mirror that is right: wrong %s', (_, wrong) => {
    const { jobs, refused } = read([mirror, wrong, GOOD]);

    expect(jobs).toEqual(['good']);
    expect(refused[0]).toMatchObject({ name: 'mirror', problems: [expect.stringContaining('removes what the other copies')] });
  });

  it('stops no mirror that its filters keep apart from it', () => {
    const apart = { ...mirror, options: { delete: {}, exclude: ['/two/'] } };

    expect(read([apart, { ...copier, options: { lanes: 0 } }]).jobs).toEqual(['mirror']);
    expect(
      read([
        { ...mirror, options: { delete: {}, include: ['*.pdf'] } },
        { ...copier, options: { lanes: 0, include: ['*.xml'] } },
      ]).jobs,
    ).toEqual(['mirror']);
  });

  it('goes in no circle: it copies nothing', () => {
    const out = { name: 'out', source: `${BOX}/data`, destination: 's3://bucket/data' };

    expect(read([out, { name: 'in', source: 's3://bucket/data', destination: `${BOX}/data/back`, schedule: 'x' }]).jobs).toEqual(['out']);
    expect(read([out, { name: 'a', source: 's3://bucket', destination: 'x' }, { name: 'b', source: 'x', destination: BOX }]).jobs).toEqual([
      'out',
    ]);
  });
});

describe('a text that holds no jobs', () => {
  it.each([
    ['[', 'jobs.json is not valid JSON: it ends too early, at line 1, column 2'],
    ['7', 'jobs.json: must be a list of jobs, or an object with "jobs"'],
    ['{"jobs": {}}', 'jobs.json: jobs: must be a list of jobs'],
    [`[${'{},'.repeat(500)}{}]`, 'jobs.json has 501 jobs, more than 500'],
    [`[]${' '.repeat(1024 * 1024)}`, 'jobs.json is larger than 1048576 bytes'],
  ])('refuses all jobs, and the app goes on: %#', (text, problem) => {
    expect(read(text)).toMatchObject({ jobs: [], refused: [{ label: 'Everything in jobs.json', problems: [problem] }] });
  });
});

describe('a schedule in an app setting', () => {
  it.each([
    ['%NIGHTLY%', { NIGHTLY: '0 0 2 * * *' }],
    ['0 0 %HOUR% * * %day%', { HOUR: '2', DAY: 'MON' }],
    ['%Jobs:Nightly%', { Jobs__Nightly: '0 2 * * *' }],
  ])('is taken when the setting makes it right: %s', (schedule, settings) => {
    expect(read([{ ...GOOD, schedule }], settings).jobs).toEqual(['good']);
  });

  it('is refused when the setting does not, and nothing of that is repeated', () => {
    const { refused } = read([{ ...GOOD, schedule: '0 0 2 * * %AZURE_CLIENT_SECRET%' }], { AZURE_CLIENT_SECRET: 'planted' });

    expect(refused[0]?.problems[0]).toContain('with the value of "AZURE_CLIENT_SECRET" it is none');
    expect(JSON.stringify(refused)).not.toContain('planted');
  });
});
