import { describe, expect, it } from 'vitest';
import { checkSyncRequest } from '../../../src/config/jobs/jobs.ts';
import { checkJobs } from '../../../src/config/jobs/read-jobs.ts';

const SOURCE = 's3://bucket/from';
const DESTINATION = 'https://account.blob.core.windows.net/box/to';

const jobs = (...list: unknown[]) => checkJobs(JSON.stringify(list), 'jobs.json');

describe('checking a sync request', () => {
  it('fills in the options that are not given', () => {
    const { value } = checkSyncRequest({ source: SOURCE, destination: DESTINATION });

    expect(value).toMatchObject({
      source: { kind: 's3', bucket: 'bucket', prefix: 'from/' },
      destination: { kind: 'blob', container: 'box', prefix: 'to/' },
      options: { compare: 'auto', concurrency: 32, lanes: 8 },
    });
  });

  it('keeps the options that are given', () => {
    const options = { compare: 'size', concurrency: 128, lanes: 64, splitAt: ['m'] };

    const { value } = checkSyncRequest({ source: SOURCE, destination: DESTINATION, options });

    expect(value?.options).toEqual(options);
  });

  it('tells every problem at once, each with where it is', () => {
    const options = { compare: 'maybe', concurrency: 129, lanes: 0, splitAt: [''] };

    const { problems } = checkSyncRequest({ source: 'nowhere', options, extra: 1 });

    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^source: A text of 7 characters is not a location/),
        expect.stringMatching(/^destination: must be a location/),
        expect.stringMatching(/^options\.compare: /),
        expect.stringMatching(/^options\.concurrency: /),
        expect.stringMatching(/^options\.lanes: /),
        expect.stringMatching(/^options\.splitAt\[0\]: /),
        expect.stringMatching(/extra/),
      ]),
    );
  });

  it.each([
    [SOURCE, 's3://other/to'],
    [DESTINATION, 'https://account.blob.core.windows.net/other'],
  ])('refuses two locations on one cloud: %s and %s', (source, destination) => {
    const { problems } = checkSyncRequest({ source, destination });

    expect(problems).toEqual([expect.stringMatching(/^destination: must be on the other cloud/)]);
  });

  it.each([undefined, null, 7, 'text', [], {}])('refuses %j', (body) => {
    expect(checkSyncRequest(body).problems).not.toHaveLength(0);
  });

  it('does not repeat the SAS of a location', () => {
    const { problems } = checkSyncRequest({ source: SOURCE, destination: `${DESTINATION}?sig=planted` });

    expect(problems).toEqual([expect.stringMatching(/^destination: .* not by SAS/)]);
    expect(JSON.stringify(problems)).not.toContain('planted');
  });
});

describe('checking jobs', () => {
  const job = { name: 'nightly', source: SOURCE, destination: DESTINATION };

  it('takes a job with everything', () => {
    const { value } = jobs({ ...job, schedule: '0 0 2 * * *', reportTo: 's3://bucket/reports', options: { compare: 'always' } });

    expect(value).toEqual([
      expect.objectContaining({ name: 'nightly', schedule: '0 0 2 * * *', reportTo: { kind: 's3', bucket: 'bucket', prefix: 'reports/' } }),
    ]);
  });

  it('names the file when the text is not JSON', () => {
    expect(checkJobs('[', 'jobs.json').problems).toEqual([expect.stringMatching(/^jobs\.json is not valid JSON/)]);
  });

  it('repeats nothing of a text that is not JSON', () => {
    const { problems } = checkJobs('[{"source": "https://a.blob.core.windows.net/b?sig=planted" x', 'jobs.json');

    expect(JSON.stringify(problems)).not.toContain('planted');
  });

  it.each([
    ['7', 'jobs.json: must be a list of jobs, or an object with "jobs"'],
    ['null', 'jobs.json: must be a list of jobs, or an object with "jobs"'],
    ['{}', 'jobs.json: jobs: must be a list of jobs'],
  ])('wants a list: not %s', (text, problem) => {
    expect(checkJobs(text, 'jobs.json').problems).toEqual([problem]);
  });

  it('takes the list in an object too, which may name its schema', () => {
    const { value } = checkJobs(JSON.stringify({ $schema: './jobs.schema.json', jobs: [job] }), 'jobs.json');

    expect(value).toEqual(jobs(job).value);
  });

  it('tells where a problem is in an object', () => {
    const { problems } = checkJobs(JSON.stringify({ jobs: [{ ...job, name: 'A' }], more: 1 }), 'jobs.json');

    expect(problems).toEqual([
      expect.stringMatching(/^jobs\.json: jobs\[0\]\.name: must be/),
      expect.stringMatching(/^jobs\.json: .*more/),
    ]);
  });

  it('refuses a second job of the same name', () => {
    expect(jobs(job, job).problems).toEqual(['jobs.json[1].name: "nightly" is the name of an earlier job too']);
  });

  it.each(['', 'Nightly', '-a', 'a-', 'a b', 'a/b', 'x'.repeat(49)])('refuses the name %j', (name) => {
    expect(jobs({ ...job, name }).problems).toEqual([expect.stringMatching(/^jobs\.json\[0\]\.name: must be/)]);
  });

  it.each(['2 * * *', 'hourly', '61 0 0 * * *', '0 0 2 * * * *', '0 0 2 ? * MON', '0 0 0 30 2 *', '00:15:00', '%NIGHTLY', '%%', ''])(
    'refuses the schedule %j',
    (schedule) => {
      expect(jobs({ ...job, schedule }).problems).toEqual([expect.stringMatching(/^jobs\.json\[0\]\.schedule: must be an NCRONTAB/)]);
    },
  );

  it('tells the problems of all jobs at once', () => {
    const { problems } = jobs({ ...job, name: 'A' }, { ...job, name: 'b', source: 'nowhere' }, { name: 'c' });

    expect(problems?.map((problem) => problem.split(':', 1)[0])).toEqual([
      'jobs.json[0].name',
      'jobs.json[1].source',
      'jobs.json[2].source',
      'jobs.json[2].destination',
    ]);
  });
});

describe('containers that Azure alone writes', () => {
  const LOGS = 'https://account.blob.core.windows.net/$logs';

  it('can be a source', () => {
    expect(checkSyncRequest({ source: LOGS, destination: 's3://bucket' }).problems).toBeUndefined();
  });

  it('can be nothing else', () => {
    const { problems } = checkSyncRequest({ source: 's3://bucket', destination: LOGS, reportTo: LOGS });

    expect(problems).toEqual([
      'destination: cannot be written: Azure alone writes this container or endpoint, so it can only be a source',
      'reportTo: cannot be written: Azure alone writes this container or endpoint, so it can only be a source',
    ]);
  });
});
