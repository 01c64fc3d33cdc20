import { describe, expect, it } from 'vitest';
import { createFederation } from '../../src/app/create-federation.ts';
import { createOpenStores } from '../../src/app/open-stores.ts';
import { readSettings } from '../../src/config/settings.ts';

const ENVIRONMENT = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/bridge',
  AWS_REGION: 'eu-central-1',
  BRIDGE_AUDIENCE: 'api://bridge',
};

describe('a run that is requested', () => {
  const { value: settings, problems } = readSettings(ENVIRONMENT, undefined);
  if (settings === undefined) throw new Error(problems?.join(' '));
  const stores = createOpenStores({ aws: settings.aws, federation: createFederation(settings), stateStorage: settings.stateStorage });
  const request = (prefix: string) => ({
    source: `s3://data/${prefix}`,
    destination: 'https://account.blob.core.windows.net/data/',
    options: { compare: 'auto', concurrency: 8, lanes: 4 } as const,
  });

  it('is refused at once when its session policy would be too long for STS', () => {
    expect(() => stores.check(request(`${'日'.repeat(300)}/`))).toThrow(/characters, but AWS STS takes 2048 at most/);
    expect(() => stores.check(request('日本/'))).not.toThrow();
  });
});
