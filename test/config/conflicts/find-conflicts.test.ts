import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contender } from '../../../src/config/conflicts/conflict.ts';
import { findConflicts } from '../../../src/config/conflicts/find-conflicts.ts';
import { checkJobs } from '../../../src/config/jobs/read-jobs.ts';

const BOX = 'https://account.blob.core.windows.net/box';
const HOST = 'https://host.blob.core.windows.net';
const OWN = { accountUrl: HOST, stateContainer: 'keyless-bridge' };

const MIRROR = { options: { delete: {} } };

type Written = Record<string, unknown> & { source: string; destination: string };

const job = (source: string, destination: string, more: Record<string, unknown> = {}): Written => ({ source, destination, ...more });

/** Named `a`, `b` and so on. */
function contenders(written: readonly Written[]): readonly Contender[] {
  const named = written.map((one, index) => ({ name: String.fromCharCode(97 + index), ...one }));
  const { value, problems } = checkJobs(JSON.stringify(named), 'jobs.json');
  if (value === undefined) throw new Error(problems.join('\n'));
  return value.map((one) => ({ ...one, label: `job ${one.name}` }));
}

function outcome(...written: readonly Written[]) {
  const conflicts = findConflicts(contenders(written), OWN);
  const refused = new Set(conflicts.flatMap((conflict) => conflict.refused.map(({ name }) => name)));
  return {
    refused: [...refused].sort().join(''),
    warnings: conflicts.filter((conflict) => conflict.refused.length === 0).length,
    conflicts,
  };
}

describe('jobs that destroy something are refused', () => {
  it.each<[string, string, ...Written[]]>([
    ['two mirrors into one destination', 'ab', job('s3://one', BOX, MIRROR), job('s3://two', BOX, MIRROR)],
    ['two mirrors into overlapping destinations', 'ab', job('s3://one', BOX, MIRROR), job('s3://two', `${BOX}/sub`, MIRROR)],
    ['a mirror over the destination of a job that only copies', 'a', job('s3://one', BOX, MIRROR), job('s3://two', `${BOX}/sub`)],
    ['a mirror below the destination of a job that only copies', 'b', job('s3://one', BOX), job('s3://two', `${BOX}/sub`, MIRROR)],
    ['mirrors from one source at two paths', 'ab', job('s3://one/x', BOX, MIRROR), job('s3://one/y', BOX, MIRROR)],
    [
      'mirrors whose filters have a key in common',
      'ab',
      job('s3://one', BOX, { options: { delete: {}, exclude: ['*.tmp'] } }),
      job('s3://two', BOX, { options: { delete: {}, include: ['report*', '*.pdf'] } }),
    ],
    ['opposite mirrors', 'ab', job('s3://one', BOX, MIRROR), job(BOX, 's3://one', MIRROR)],
    ['opposite mirrors, one of a part', 'ab', job('s3://one', BOX, MIRROR), job(`${BOX}/p`, 's3://one/p', MIRROR)],
    [
      'a mirror whose scheduled reverse brings back what is new',
      'a',
      job('s3://one', BOX, MIRROR),
      job(BOX, 's3://one', { schedule: '0 0 2 * * *' }),
    ],
    ['a destination inside its own chain', 'ab', job(`${BOX}/data`, 's3://one'), job('s3://one', `${BOX}/data/back`)],
    ['a destination around its own chain', 'ab', job(`${BOX}/data`, 's3://one/x'), job('s3://one', `${BOX}/data`)],
    [
      'a destination inside a chain of four',
      'abcd',
      job(`${BOX}/data`, 's3://one'),
      job('s3://one', 'https://account.blob.core.windows.net/second'),
      job('https://account.blob.core.windows.net/second', 's3://two'),
      job('s3://two', `${BOX}/data/back`),
    ],
    [
      'a circle that goes through one job twice',
      'abc',
      job('s3://one/b', `${BOX}/a/b`),
      job(BOX, 's3://one'),
      job('s3://one/a', `${BOX}/b`),
      job('s3://one', BOX),
    ],
    [
      'a ring of four under the same keys',
      'abcd',
      job(BOX, 's3://one'),
      job('s3://one', 'https://account.blob.core.windows.net/second'),
      job('https://account.blob.core.windows.net/second', 's3://two'),
      job('s3://two', BOX),
    ],
    ['a mirror over the source of its own chain', 'b', job(`${BOX}/data/back`, 's3://one'), job('s3://one', `${BOX}/data`, MIRROR)],
    ['reports in the destination of their own mirror', 'a', job('s3://one', BOX, { ...MIRROR, reportTo: `${BOX}/reports` })],
    ['reports in just the destination of their own mirror', 'a', job('s3://one', BOX, { ...MIRROR, reportTo: BOX })],
    [
      'reports in the destination of another mirror',
      'a',
      job('s3://one', BOX, MIRROR),
      job('s3://two', 'https://account.blob.core.windows.net/other', { reportTo: `${BOX}/reports` }),
    ],
    [
      'a list of keys in the destination of a mirror',
      'a',
      job('s3://one', BOX, MIRROR),
      job('s3://two', 'https://account.blob.core.windows.net/other', { options: { keys: `${BOX}/lists/a.csv` } }),
    ],
    ['the source among the keys of the host', 'a', job(`${HOST}/azure-webjobs-secrets`, 's3://one')],
    ['the destination among the locks of the host', 'a', job('s3://one', `${HOST}/azure-webjobs-hosts/x`)],
    ['the destination among deployments', 'a', job('s3://one', `${HOST}/deployments`)],
    ['the destination among packages of the app', 'a', job('s3://one', `${HOST}/app-package-bridge-0a1b2c3`)],
    ['the destination among the records of runs', 'a', job('s3://one', `${HOST}/keyless-bridge/records`)],
    ['the source at the second region of the host', 'a', job('https://host-secondary.blob.core.windows.net/keyless-bridge', 's3://one')],
    ['leases of a task hub', 'a', job('s3://one', `${HOST}/keylessbridge-leases`)],
    ['a lease of a task hub', 'a', job('s3://one', `${HOST}/keylessbridge-applease`)],
    ['messages of a task hub', 'a', job(`${HOST}/keylessbridge-largemessages`, 's3://one')],
    ['reports among the records of runs', 'a', job('s3://one', BOX, { reportTo: `${HOST}/keyless-bridge` })],
    ['a list of keys among the keys of the host', 'a', job('s3://one', BOX, { options: { keys: `${HOST}/azure-webjobs-secrets/a.csv` } })],
  ])('%s', (_, expected, ...written) => {
    expect(outcome(...written).refused).toBe(expected);
  });

  it('with a reason that names the jobs, a key at which it happens, and what to do', () => {
    const { conflicts } = outcome(job('s3://one', BOX, MIRROR), job('s3://two', `${BOX}/sub`));

    expect(conflicts.map(({ message }) => message)).toEqual([
      expect.stringMatching(/job a and job b .* job a \(delete\) removes what the other copies, such as \S+\/box\/sub\/zq7\. Give each /),
    ]);
  });
});

describe('jobs that may harm each other, or cost something, are warned of', () => {
  it.each<[string, ...Written[]]>([
    ['two sources in one destination', job('s3://one', BOX), job('s3://two', `${BOX}/sub`)],
    [
      'mirrors whose filters cannot be told apart',
      job('s3://one', BOX, { options: { delete: {}, include: ['*.pdf'] } }),
      job('s3://two', BOX, { options: { delete: {}, include: ['*.xml'] } }),
    ],
    ['a mirror with an unscheduled reverse, which may be there to restore', job('s3://one', BOX, MIRROR), job(BOX, 's3://one')],
    [
      'a star of two-way syncs',
      job('s3://one', BOX),
      job(BOX, 's3://one'),
      job('s3://one', 'https://account.blob.core.windows.net/second'),
      job('https://account.blob.core.windows.net/second', 's3://one'),
    ],
    ['reports in a source', job(BOX, 's3://one', { reportTo: `${BOX}/reports` })],
    [
      'a ring that only adds',
      ...[
        job(BOX, 's3://one'),
        job('s3://one', 'https://account.blob.core.windows.net/second'),
        job('https://account.blob.core.windows.net/second', 's3://two'),
        job('s3://two', BOX),
      ].map((one) => ({ ...one, options: { overwrite: 'never' } })),
    ],
    [
      'a circle through a list of keys',
      job(`${BOX}/data`, 's3://one', { options: { keys: 's3://lists/a.csv' } }),
      job('s3://one', `${BOX}/data/back`),
    ],
  ])('%s', (_, ...written) => {
    expect(outcome(...written)).toMatchObject({ refused: '', warnings: 1 });
  });
});

describe('jobs that do each other no harm are let alone', () => {
  it.each<[string, ...Written[]]>([
    ['two mirrors into two destinations', job('s3://one', `${BOX}/a`, MIRROR), job('s3://two', `${BOX}/ab`, MIRROR)],
    ['the same job twice, once a part of it', job('s3://one', BOX, MIRROR), job('s3://one/sub', `${BOX}/sub`)],
    [
      'mirrors that filters keep apart',
      job('s3://one', BOX, { options: { delete: {}, include: ['/a/**'] } }),
      job('s3://two', BOX, { options: { delete: {}, include: ['/b/**'] } }),
    ],
    [
      'a mirror that leaves out what another job copies below it',
      job('s3://one', BOX, { options: { delete: {}, exclude: ['/sub/**'] } }),
      job('s3://two', `${BOX}/sub`, MIRROR),
    ],
    ['a two-way sync', job('s3://one', BOX), job(BOX, 's3://one')],
    ['a chain of mirrors', job('s3://one', BOX, MIRROR), job(BOX, 's3://two', MIRROR)],
    [
      'a chain whose destination the first job leaves out',
      job(`${BOX}/data`, 's3://one', { options: { exclude: ['/back/**'] } }),
      job('s3://one', `${BOX}/data/back`),
    ],
    ['reports above the destination', job('s3://one', `${BOX}/sub`, { ...MIRROR, reportTo: BOX })],
    [
      'reports that the mirror leaves out',
      job('s3://one', BOX, { options: { delete: {}, exclude: ['/reports/**'] }, reportTo: `${BOX}/reports` }),
    ],
    [
      'opposite mirrors of which one is a dry run',
      job('s3://one', BOX, MIRROR),
      job(BOX, 's3://one', { options: { delete: {}, dryRun: true } }),
    ],
    ['an audit of a mirror', job('s3://one', BOX, MIRROR), job('s3://two', BOX, { options: { verify: true } })],
    ['other containers of the host', job('s3://one', `${HOST}/data`, MIRROR)],
    ['containers of those names in another account', job('s3://one', `${BOX.replace('/box', '')}/deployments`)],
  ])('%s', (_, ...written) => {
    expect(outcome(...written)).toMatchObject({ refused: '', warnings: 0 });
  });
});

describe('any jobs', () => {
  const prefix = fc.constantFrom('', 'a', 'b', 'a/b');
  const location = { s3: prefix.map((path) => `s3://one/${path}`), blob: prefix.map((path) => `${BOX}/${path}`) };
  const options = fc.constantFrom({}, { delete: {} });
  const anyJob = fc.oneof(
    fc.record({ source: location.s3, destination: location.blob, options }),
    fc.record({ source: location.blob, destination: location.s3, options }),
  );
  const anyJobs = fc.array(anyJob, { minLength: 1, maxLength: 5 });
  const KEYS = ['k', 'a/k', 'b/k', 'a/b/k', 'a/b/a/k', 'b/a/k'];

  function accepted(written: readonly Written[]): readonly Contender[] {
    const all = contenders(written);
    const refused = new Set(findConflicts(all, OWN).flatMap((conflict) => conflict.refused));
    return all.filter((one) => !refused.has(one));
  }

  /** The key that a job gives to its copy of `key`. */
  const copyOf = ({ source, destination }: Contender, key: string) =>
    key.startsWith(source.prefix) ? [destination.prefix + key.slice(source.prefix.length)] : [];

  function reachable(jobs: readonly Contender[], max: number): number {
    const reached = new Set(KEYS.flatMap((key) => [`s3 ${key}`, `blob ${key}`]));
    // A set grows while it is gone through.
    for (const at of reached) {
      const [cloud, key = ''] = at.split(' ');
      const readers = jobs.filter(({ source }) => source.kind === cloud);
      for (const reader of readers) for (const copy of copyOf(reader, key)) reached.add(`${reader.destination.kind} ${copy}`);
      if (reached.size > max) break;
    }
    return reached.size;
  }

  it('that are accepted copy a key to finitely many', () => {
    fc.assert(
      fc.property(anyJobs, (written) => {
        expect(reachable(accepted(written), 1_000)).toBeLessThan(1_000);
      }),
      { numRuns: 1_000 },
    );
  });

  /** Copies of `other` that `mirror` deletes unless another object, which may not be there, is in its own source. */
  function destroyed(mirror: Contender, other: Contender): readonly string[] {
    const { source, destination } = mirror;
    if (destination.kind !== other.destination.kind) return [];
    return KEYS.filter((key) =>
      copyOf(other, key).some((copy) => {
        const expected = source.prefix + copy.slice(destination.prefix.length);
        return copy.startsWith(destination.prefix) && expected !== key;
      }),
    );
  }

  it('that are accepted delete nothing that another of them has copied', () => {
    fc.assert(
      fc.property(anyJobs, (written) => {
        const jobs = accepted(written);
        const mirrors = jobs.filter((one) => one.options.delete !== undefined);

        expect(mirrors.flatMap((mirror) => jobs.flatMap((other) => destroyed(mirror, other)))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are judged alike in whatever order they come', () => {
    fc.assert(
      fc.property(anyJobs, (written) => {
        const named = written.map((one, index) => ({ ...one, name: `n${index}` }));
        const refusedOf = (list: readonly Written[]) =>
          [...new Set(findConflicts(contenders(list), OWN).flatMap((conflict) => conflict.refused.map(({ name }) => name)))].sort();

        expect(refusedOf(named.toReversed())).toEqual(refusedOf(named));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are judged alike when two circles of the same jobs refuse different ones', () => {
    const jobs = [
      job(`${BOX}/b`, 's3://one/a/b', MIRROR),
      job('s3://one', `${BOX}/b`, MIRROR),
      job(`${BOX}/a/b`, 's3://one'),
      job('s3://one/a/b', BOX, MIRROR),
    ].map((one, index) => ({ ...one, name: `n${index}` }));
    const refusedOf = (list: readonly Written[]) =>
      [...new Set(findConflicts(contenders(list), OWN).flatMap((conflict) => conflict.refused.map(({ name }) => name)))].sort();

    expect(refusedOf(jobs.toReversed())).toEqual(refusedOf(jobs));
  });
});
