import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({
    settings: ({ azurite }) => {
      const blob = (path: string) => `${azurite.blobUrl}/test/${path}`;
      const jobs = [
        { name: 'good', source: blob('good'), destination: 's3://keyless-samples/good' },
        { name: 'mirror', source: blob('one'), destination: 's3://keyless-samples/shared', options: { delete: {} } },
        { name: 'copier', source: blob('two'), destination: 's3://keyless-samples/shared/two' },
        {
          name: 'nightly',
          source: blob('kept'),
          destination: 's3://keyless-samples/kept',
          options: { delete: {} },
          schedule: '0 0 2 1 1 *',
        },
        {
          name: 'leak',
          source: `${azurite.blobUrl}/azure-webjobs-secrets`,
          destination: 's3://keyless-samples/leak',
          schedule: '0 0 2 1 1 *',
        },
        { name: 'reports', source: blob('reports'), destination: 's3://keyless-samples/r', reportTo: blob('reports') },
        { name: 'quartz', source: blob('quartz'), destination: 's3://keyless-samples/quartz', schedule: '0 0 2 ? * MON' },
        { name: 'No name', source: blob('quartz'), destination: 's3://keyless-samples/nameless' },
        {
          name: 'off',
          source: blob('off'),
          destination: 's3://keyless-samples/off',
          schedule: '0 0 2 1 1 *',
          enabled: false,
        },
      ];
      return {
        BRIDGE_JOBS: JSON.stringify(jobs),
        BRIDGE_ALLOWED_LOCATIONS: `s3://keyless-samples ${azurite.blobUrl}/test ${azurite.blobUrl}/keyless-bridge`,
      };
    },
  });
  await bridge.container.getBlockBlobClient('good/a.txt').upload('hello', 5);
});
afterAll(() => bridge.stop());

const problem = async (answer: Response) => ({ status: answer.status, body: (await answer.json()) as { problems: string[] } });

describe('a configured job that would destroy something', () => {
  it('is shown with the reason and without a link to start it; the others are as always', async () => {
    const { jobs } = (await (await bridge.call('GET', '/api/jobs')).json()) as { jobs: { name: string }[] };

    expect(jobs).toEqual([
      expect.objectContaining({ name: 'good', links: expect.objectContaining({ start: expect.any(String) }) }),
      expect.objectContaining({ name: 'copier', links: expect.objectContaining({ start: expect.any(String) }) }),
      expect.objectContaining({ name: 'nightly', links: expect.objectContaining({ start: expect.any(String) }) }),
      expect.objectContaining({ name: 'reports', warnings: [expect.stringMatching(/copies the reports of job "reports" too/)] }),
      expect.objectContaining({ name: 'off', enabled: false, links: expect.objectContaining({ start: expect.any(String) }) }),
      expect.objectContaining({
        name: 'mirror',
        problems: [expect.stringMatching(/job "mirror" \(delete\) removes what the other copies/)],
        links: { runs: expect.any(String) },
      }),
      expect.objectContaining({
        name: 'leak',
        problems: [expect.stringMatching(/source of job "leak".*the app itself or its host needs/)],
      }),
      {
        name: 'quartz',
        problems: [expect.stringMatching(/^BRIDGE_JOBS\[6\]\.schedule: must be an NCRONTAB/)],
        links: { runs: expect.any(String) },
      },
      { name: 'Job 8 of BRIDGE_JOBS', problems: [expect.stringMatching(/^BRIDGE_JOBS\[7\]\.name: must be/)], links: {} },
    ]);
  });

  it('is not started', async () => {
    const { status, body } = await problem(await bridge.call('POST', '/api/jobs/mirror/runs'));

    expect(status).toBe(409);
    expect(body.problems).toEqual([expect.stringContaining('removes what the other copies')]);
  });

  it('has no timer', async () => {
    await expect(bridge.invokeTimer('job-leak')).rejects.toThrow();
  });

  it('costs the others nothing', async () => {
    const answer = await bridge.call('POST', '/api/jobs/good/runs?wait=100');

    expect(await answer.json()).toMatchObject({ state: 'succeeded', counts: { copied: 1 } });
  });

  it('makes the health degraded, without a word of where anything is', async () => {
    const answer = await bridge.call('GET', '/api/health');

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'degraded', identity: 'managed-identity', jobs: 5, refusedJobs: 4 });
  });

  it('is named by the doctor', async () => {
    const diagnosis = await (await bridge.call('GET', '/api/doctor')).text();

    expect(diagnosis).toContain('Job mirror is refused');
    expect(diagnosis).toContain('Job leak is refused');
  });
});

describe('a configured job that is wrong', () => {
  it('is not started, and the answer says why', async () => {
    const { status, body } = await problem(await bridge.call('POST', '/api/jobs/quartz/runs'));

    expect(status).toBe(409);
    expect(body).toMatchObject({ detail: expect.stringContaining('Job quartz is refused'), problems: [expect.stringContaining('"?"')] });
  });

  it('has no timer', async () => {
    await expect(bridge.invokeTimer('job-quartz')).rejects.toThrow();
  });

  it('is named by the doctor', async () => {
    const diagnosis = await (await bridge.call('GET', '/api/doctor')).text();

    expect(diagnosis).toContain('Job quartz is refused');
    expect(diagnosis).toContain('Job 8 of BRIDGE_JOBS is refused');
  });
});

describe('a configured job that is switched off', () => {
  it('has no timer', async () => {
    await expect(bridge.invokeTimer('job-off')).rejects.toThrow();
  });

  it('can be started by hand', async () => {
    const answer = await bridge.call('POST', '/api/jobs/off/runs?wait=100');

    expect(await answer.json()).toMatchObject({ job: 'off', state: 'succeeded' });
  });
});

describe('an ad hoc run that would destroy something', () => {
  it.each([
    [
      'its own reports',
      () => ({ source: bridge.blob('x'), destination: bridge.s3('y'), reportTo: bridge.s3('y/reports'), options: { delete: {} } }),
    ],
    ['what a configured job copies', () => ({ source: bridge.blob('x'), destination: bridge.s3('good'), options: { delete: {} } })],
    [
      'the source of a mirror, as its reverse',
      () => ({ source: bridge.s3('kept'), destination: bridge.blob('kept'), options: { delete: {} } }),
    ],
    ['nothing, but adds to a chain without end', () => ({ source: bridge.s3('good'), destination: bridge.blob('good/back') })],
    ['nothing, but its copies would be deleted', () => ({ source: bridge.blob('x'), destination: bridge.s3('kept/x') })],
    ['the records of runs', () => ({ source: bridge.s3('x'), destination: bridge.blob('').replace('/test/', '/keyless-bridge/') })],
  ])('is refused: %s', async (_, body) => {
    const { status, body: answer } = await problem(await bridge.call('POST', '/api/sync', body()));

    expect(status).toBe(409);
    expect(answer.problems).toHaveLength(1);
  });

  it('is allowed to restore what a mirror keeps, with a warning', async () => {
    const answer = await bridge.call('POST', '/api/sync?wait=100', { source: bridge.s3('kept'), destination: bridge.blob('kept') });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ state: 'succeeded', warnings: [expect.stringContaining('in opposite directions')] });
  });
});

describe('a body', () => {
  const valid = () => ({ source: bridge.blob('good'), destination: bridge.s3('elsewhere') });

  it.each(['sync', 'verify'])('of POST /api/%s is not read further than 256 KiB', async (route) => {
    const answer = await bridge.call('POST', `/api/${route}`, `${JSON.stringify(valid())}${' '.repeat(256 * 1024)}`);

    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413, detail: expect.stringContaining('262144 bytes') });
  });

  it.each([
    ['nesting', () => '['.repeat(200_000)],
    [
      'a map of many tiers',
      () =>
        JSON.stringify({ ...valid(), options: { tierMap: Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`t${i}`, 'x'])) } }),
    ],
    [
      'many wrong members',
      () => JSON.stringify({ ...valid(), options: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`o${i}`.repeat(40), i])) }),
    ],
    ['many wrong globs', () => JSON.stringify({ ...valid(), options: { exclude: Array.from({ length: 400 }, () => '[') } })],
    [
      'globs of many alternatives',
      () =>
        JSON.stringify({
          ...valid(),
          options: { exclude: Array.from({ length: 256 }, (_, i) => `/{${Array.from({ length: 31 }, (__, j) => `${i}${j}`).join()}}/**`) },
        }),
    ],
    ['a location of slashes', () => JSON.stringify({ ...valid(), source: `x:${'/'.repeat(200_000)}` })],
    ['a long schedule', () => JSON.stringify({ ...valid(), options: { minAge: `P${'1'.repeat(200_000)}` } })],
  ])('is refused shortly: %s', async (_, body) => {
    const answer = await bridge.call('POST', '/api/sync', body());

    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(text.length).toBeLessThan(25_000);
    expect(JSON.parse(text).problems?.length ?? 0).toBeLessThanOrEqual(21);
  });
});
