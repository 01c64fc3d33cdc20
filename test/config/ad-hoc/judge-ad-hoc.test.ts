import { describe, expect, it } from 'vitest';
import { adHocRulesOf, checkAdHoc } from '../../../src/config/ad-hoc/ad-hoc-settings.ts';
import { judgeAdHoc } from '../../../src/config/ad-hoc/judge-ad-hoc.ts';
import { checkSyncRequest } from '../../../src/config/jobs/jobs.ts';
import { checkJobs } from '../../../src/config/jobs/read-jobs.ts';

const BOX = 'https://account.blob.core.windows.net/box';
const BACK = 'https://account.blob.core.windows.net/back';
const JOBS = JSON.stringify([
  { name: 'out', source: `${BOX}/in`, destination: 's3://bucket/out', reportTo: 's3://reports', options: { keys: 's3://lists/a.csv' } },
]);

/** What is refused to a request, with these settings. */
function refused(settings: Record<string, string>, request: Record<string, unknown>) {
  const { value: asked, problems: wrong } = checkSyncRequest(request);
  const { value: rules, problems } = checkAdHoc(settings);
  const jobs = checkJobs(JOBS, 'BRIDGE_JOBS').value;
  if (asked === undefined || rules === undefined || jobs === undefined) throw new Error([wrong, problems].flat().join(' '));
  return judgeAdHoc(asked, adHocRulesOf(rules, jobs), jobs);
}

const there = (options: Record<string, unknown> = {}) => ({ source: `${BOX}/in`, destination: 's3://bucket/out', options });
const back = (options: Record<string, unknown> = {}) => ({ source: 's3://bucket/out', destination: `${BOX}/in`, options });
const BOTH_WAYS = { BRIDGE_ALLOWED_LOCATIONS: `${BOX} s3://bucket` };

describe('the places of ad hoc runs', () => {
  it.each([
    ['those of the jobs, each for its own use', {}, there(), []],
    ['not the reverse of a job', {}, back(), [/out\/ .* as a source/, /in\/ .* as a destination/]],
    ['where jobs put reports', {}, { ...there(), reportTo: 's3://reports/mine' }, []],
    ['not a source of a job for reports', {}, { ...there(), reportTo: BOX }, [/place for a report/]],
    ['for reading, both', {}, back({ verify: true }), []],
    ['in a dry run, both', {}, back({ dryRun: true }), []],
    ['not for reading what is nowhere allowed', {}, { ...back({ verify: true }), source: 's3://bucket' }, [/BRIDGE_ALLOWED_SOURCES/]],
    ['BRIDGE_ALLOWED_LOCATIONS in both directions', BOTH_WAYS, back(), []],
    [
      'the setting for one direction rather than that for both',
      { ...BOTH_WAYS, BRIDGE_ALLOWED_DESTINATIONS: BACK },
      back(),
      [/in\/ .* as a destination/],
    ],
    ['no prefix that only begins alike', { BRIDGE_ALLOWED_SOURCES: `${BOX}/i` }, there(), [/as a source/]],
    ['none, for sources', { BRIDGE_ALLOWED_SOURCES: 'none' }, there(), [/off: BRIDGE_ALLOWED_SOURCES/]],
    ['none, for destinations', { BRIDGE_ALLOWED_DESTINATIONS: 'none' }, there({ verify: true }), [/off: BRIDGE_ALLOWED_DESTINATIONS/]],
    ['none, for both', { BRIDGE_ALLOWED_LOCATIONS: 'none' }, there(), [/off/]],
  ])('are %s', (_, settings, request, expected) => {
    expect(refused(settings, request)).toEqual(expected.map((sign) => expect.stringMatching(sign)));
  });

  it.each([
    ["a job's own list", {}, 's3://lists/a.csv', []],
    ['no other beside it', {}, 's3://lists/b.csv', [/BRIDGE_ALLOWED_KEY_LISTS/]],
    ['none in an allowed source', BOTH_WAYS, `${BOX}/in/b.csv`, [/BRIDGE_ALLOWED_KEY_LISTS/]],
    ['those where lists may be', { BRIDGE_ALLOWED_KEY_LISTS: 's3://lists' }, 's3://lists/today/b.csv', []],
  ])('are for a list of keys %s', (_, settings, keys, expected) => {
    expect(refused(settings, there({ keys }))).toEqual(expected.map((sign) => expect.stringMatching(sign)));
  });
});

describe('the limits of ad hoc runs', () => {
  const restore = (maxBytes: string) => ({ archived: { restore: { maxBytes } } });
  it.each([
    ['no deletions', {}, there({ delete: {} }), /BRIDGE_AD_HOC_MAX_DELETIONS/],
    ['so many as the setting says', { BRIDGE_AD_HOC_MAX_DELETIONS: '10' }, there({ delete: { maxCount: 10 } }), undefined],
    ['not one more', { BRIDGE_AD_HOC_MAX_DELETIONS: '10' }, there({ delete: { maxCount: 11, maxPercent: 100 } }), /must be at most 10 /],
    [
      'not as many as jobs where the request names no number',
      { BRIDGE_AD_HOC_MAX_DELETIONS: '999' },
      there({ delete: {} }),
      /at most 999 /,
    ],
    ['any in a dry run, which deletes nothing', {}, there({ delete: {}, dryRun: true }), undefined],
    ['no restores', {}, there(restore('1 kB')), /BRIDGE_AD_HOC_MAX_RESTORE/],
    ['a budget for restores', { BRIDGE_AD_HOC_MAX_RESTORE: '1 GiB' }, there(restore('1024 MiB')), undefined],
    ['not a larger one', { BRIDGE_AD_HOC_MAX_RESTORE: '1 GiB' }, there(restore('1025 MiB')), /BRIDGE_AD_HOC_MAX_RESTORE/],
    ['a class that can be read', {}, there({ storageClass: 'STANDARD_IA' }), undefined],
    ['not an archive', {}, there({ storageClass: 'DEEP_ARCHIVE' }), /DEEP_ARCHIVE .*BRIDGE_AD_HOC_TIERS/],
    ['not an archive by a map', {}, there({ storageClass: 'map', tierMap: { Hot: 'GLACIER' } }), /GLACIER .*BRIDGE_AD_HOC_TIERS/],
    ['not the tier Archive', BOTH_WAYS, back({ accessTier: 'Archive' }), /Archive .*BRIDGE_AD_HOC_TIERS/],
    ['an archive that the setting has', { BRIDGE_AD_HOC_TIERS: 'GLACIER, Hot' }, there({ storageClass: 'GLACIER' }), undefined],
    ['no tier at all', { BRIDGE_AD_HOC_TIERS: 'none' }, there({ storageClass: 'STANDARD' }), /STANDARD /],
    ["the bucket owner's ACL", {}, there({ acl: 'bucket-owner-full-control' }), undefined],
    ['not an ACL for the public', {}, there({ acl: 'public-read' }), /BRIDGE_AD_HOC_ACLS/],
    ['an ACL that the setting has', { BRIDGE_AD_HOC_ACLS: 'public-read' }, there({ acl: 'public-read' }), undefined],
  ])('allow %s', (_, settings, request, expected) => {
    expect(refused(settings, request)).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
  });
});

describe('the settings for ad hoc runs', () => {
  it('list locations parted by spaces, commas or lines', () => {
    const { value } = checkAdHoc({ BRIDGE_ALLOWED_LOCATIONS: 's3://one, s3://two\ns3://three' });

    expect(value?.sources).toMatchObject([{ bucket: 'one' }, { bucket: 'two' }, { bucket: 'three' }]);
    expect(value?.destinations).toEqual(value?.sources);
  });

  it.each([
    ['BRIDGE_ALLOWED_LOCATIONS', 'nowhere'],
    ['BRIDGE_ALLOWED_SOURCES', 's3://a-bucket none'],
    ['BRIDGE_ALLOWED_DESTINATIONS', 's3://A'],
    ['BRIDGE_ALLOWED_KEY_LISTS', 'all'],
    ['BRIDGE_AD_HOC_MAX_DELETIONS', '-1'],
    ['BRIDGE_AD_HOC_MAX_DELETIONS', 'none'],
    ['BRIDGE_AD_HOC_MAX_RESTORE', '1'],
    ['BRIDGE_AD_HOC_MAX_RESTORE', 'planted'],
    ['BRIDGE_AD_HOC_TIERS', 'Hot Lukewarm'],
    ['BRIDGE_AD_HOC_ACLS', 'everybody'],
  ])('refuse %s=%s, and name it', (name, text) => {
    expect(checkAdHoc({ [name]: text }).problems).toEqual([expect.stringMatching(new RegExp(`^${name}`))]);
  });
});
