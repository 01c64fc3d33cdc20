import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../src/doctor/checks/check-settings.ts';
import type { Finding } from '../../src/doctor/finding.ts';

const SETTINGS = {
  AzureWebJobsStorage__accountName: 'host',
  BRIDGE_AUDIENCE: 'api://bridge',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/bridge',
  AWS_REGION: 'eu-central-1',
};

function examine(more: Readonly<Record<string, string>>) {
  const warnings: Finding[] = [];
  const details: Record<string, string> = {};
  checkSettings(
    { environment: { ...SETTINGS, ...more } },
    {
      note: (seen) => void Object.assign(details, seen),
      warn: (finding) => void warnings.push(finding),
      skip: () => undefined,
    },
  );
  return { warnings, details };
}

describe('the doctor, of right settings with a wrong job', () => {
  it('names the job and its problem, and counts it', () => {
    const { warnings, details } = examine({ BRIDGE_JOBS: '[{ "name": "nightly", "schedule": "0 0 2 * * 7" }]' });

    expect(details).toMatchObject({ jobs: '0, and 1 refused' });
    expect(warnings).toEqual([
      expect.objectContaining({ id: 'job-refused', symptom: expect.stringMatching(/^Job nightly is refused.*schedule: .*Sunday is 0/) }),
    ]);
  });

  it('names jobs that are not JSON', () => {
    const { warnings } = examine({ BRIDGE_JOBS: '[' });

    expect(warnings).toEqual([
      expect.objectContaining({ symptom: expect.stringMatching(/^Everything in BRIDGE_JOBS is refused.*not valid JSON/) }),
    ]);
  });
});

describe('the doctor, of a time zone', () => {
  it.each([
    [{ WEBSITE_SKU: 'FlexConsumption', WEBSITE_TIME_ZONE: 'Europe/Berlin' }, ['time-zone-not-supported']],
    [{ WEBSITE_SKU: 'FlexConsumption', TZ: 'Europe/Berlin' }, ['time-zone-not-supported']],
    [{ WEBSITE_SKU: 'FlexConsumption', WEBSITE_TIME_ZONE: ' ' }, []],
    [{ WEBSITE_SKU: 'ElasticPremium', WEBSITE_TIME_ZONE: 'Europe/Berlin' }, []],
    [{ TZ: 'Europe/Berlin' }, []],
  ])('warns where the plan knows none: %j', (settings, ids) => {
    expect(examine(settings).warnings.map(({ id }) => id)).toEqual(ids);
  });
});

describe('the doctor, of a proxy in the environment', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://user:password@proxy.contoso.com:8080' }, 'HTTPS_PROXY'],
    [{ http_proxy: 'http://proxy.contoso.com:8080' }, 'http_proxy'],
    [{ ALL_PROXY: 'socks5://proxy.contoso.com', NO_PROXY: 'localhost' }, 'ALL_PROXY'],
  ])('says which requests go through it, and does not repeat it: %j', (settings, name) => {
    const [warning, ...others] = examine(settings).warnings;

    expect(others).toEqual([]);
    expect(warning).toMatchObject({ id: 'proxy-in-environment', symptom: expect.stringContaining(name) });
    expect(JSON.stringify(warning)).not.toMatch(/contoso|password/);
  });

  it.each([{}, { HTTPS_PROXY: ' ' }, { NO_PROXY: '*' }])('is silent where there is none: %j', (settings) => {
    expect(examine(settings).warnings).toEqual([]);
  });
});
