import { describe, expect, it } from 'vitest';
import { checkJobs } from '../../src/config/jobs/read-jobs.ts';
import { parseLocation } from '../../src/config/locations.ts';
import { placesOf } from '../../src/doctor/checks/places.ts';

const BLOB = 'https://contoso.blob.core.windows.net/invoices/';

function jobsOf(...jobs: readonly Record<string, string>[]) {
  const { value } = checkJobs(JSON.stringify(jobs), 'BRIDGE_JOBS');
  if (value === undefined) throw new Error('The jobs are wrong.');
  return value;
}

function examined(jobs: ReturnType<typeof jobsOf>, allowed: readonly string[]) {
  return placesOf({ jobs, adHoc: { sources: allowed.map(parseLocation), destinations: [] } }).map(
    ({ name, access }) => `${access} ${name}`,
  );
}

describe('the locations that the doctor looks at', () => {
  it('are those of the jobs, in their order, each for what is done there', () => {
    const jobs = jobsOf({ name: 'out', source: BLOB, destination: 's3://bucket/a', reportTo: 's3://bucket/reports' });

    expect(examined(jobs, [])).toEqual([
      `read ${BLOB} (source of out)`,
      'write s3://bucket/a/ (destination of out)',
      'write s3://bucket/reports/ (reports of out)',
    ]);
  });

  it('are looked at once where jobs share them, but for each of reading and writing', () => {
    const jobs = jobsOf(
      { name: 'out', source: BLOB, destination: 's3://bucket/a' },
      { name: 'again', source: BLOB, destination: 's3://bucket/b' },
      { name: 'back', source: 's3://bucket/a', destination: BLOB },
    );

    expect(examined(jobs, [])).toEqual([
      `read ${BLOB} (source of out)`,
      'write s3://bucket/a/ (destination of out)',
      'write s3://bucket/b/ (destination of again)',
      'read s3://bucket/a/ (source of back)',
      `write ${BLOB} (destination of back)`,
    ]);
  });

  it('end with those that only ad hoc runs may use, which are read only', () => {
    const jobs = jobsOf({ name: 'out', source: BLOB, destination: 's3://bucket/a' });

    expect(examined(jobs, ['s3://bucket/a', 's3://other'])).toContain('read s3://other/ (allowed to ad hoc runs)');
    expect(examined(jobs, ['s3://bucket/a', 's3://other'])).toHaveLength(3);
  });

  it('are looked at in each manner in which jobs write there', () => {
    const job = { source: BLOB, destination: 's3://bucket/a' };
    const text = JSON.stringify([
      { ...job, name: 'out', options: { acl: 'private' } },
      { ...job, name: 'again', options: { encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/a' }, requesterPays: true } },
    ]);

    const places = placesOf({ jobs: checkJobs(text, 'jobs').value ?? [], adHoc: { sources: [], destinations: [] } });

    expect(places.filter(({ access }) => access === 'write').map(({ manner }) => manner)).toEqual([
      { acl: 'private' },
      { encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/a' }, requesterPays: true },
    ]);
  });
});
