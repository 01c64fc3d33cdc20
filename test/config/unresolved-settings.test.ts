import { describe, expect, it } from 'vitest';
import { readFederationSettings, readSettings } from '../../src/config/settings.ts';
import { checkSettings } from '../../src/doctor/checks/check-settings.ts';
import { BrokenLink } from '../../src/doctor/finding.ts';
import { createWalk } from '../../src/doctor/walk.ts';

const REFERENCE = '@Microsoft.KeyVault(SecretUri=https://vault.vault.azure.net/secrets/planted/)';

const SETTINGS = {
  BRIDGE_IDENTITY: 'client-secret',
  BRIDGE_AUDIENCE: 'api://bridge',
  AZURE_TENANT_ID: '7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55',
  AZURE_CLIENT_ID: '3f0b6d1c-5b64-4d0a-9a43-2f0d1b8e6c55',
  AZURE_CLIENT_SECRET: 'value',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/bridge',
  AWS_REGION: 'eu-central-1',
  AzureWebJobsStorage__accountName: 'account',
};

const problem = (name: string) => `${name} is a reference that Azure has not resolved to a value`;

describe('a setting that is an unresolved reference', () => {
  it.each(Object.keys(SETTINGS))('is never taken for the value of %s', (name) => {
    expect(readSettings({ ...SETTINGS, [name]: REFERENCE }, undefined).problems).toEqual([problem(name)]);
  });

  it.each([
    '@Microsoft.KeyVault(VaultName=vault;SecretName=bridge)',
    '@microsoft.keyvault(secreturi=https://vault.vault.azure.net/secrets/bridge/)',
    ' @Microsoft.AppConfiguration(Endpoint=https://c.azconfig.io; Key=bridge)',
  ])('is seen in the form %s', (reference) => {
    expect(readFederationSettings({ ...SETTINGS, AZURE_CLIENT_SECRET: reference }).problems).toEqual([problem('AZURE_CLIENT_SECRET')]);
  });

  it('hides no other problem', () => {
    const { problems } = readSettings({ ...SETTINGS, BRIDGE_WEBHOOK_SECRET: REFERENCE, AWS_REGION: 'nowhere' }, undefined);

    expect(problems).toEqual([problem('BRIDGE_WEBHOOK_SECRET'), expect.stringMatching(/^AWS_REGION must be/)]);
  });

  it('is explained by the doctor, with the identity and the role that it needs', () => {
    const check = () =>
      checkSettings({ environment: { ...SETTINGS, AZURE_CLIENT_SECRET: REFERENCE } }, { note() {}, warn() {}, skip() {} });

    expect(check).toThrow(BrokenLink);
    try {
      check();
    } catch (error) {
      expect(error).toMatchObject({
        findings: [{ id: 'setting-unresolved', fix: expect.stringMatching(/keyVaultReferenceIdentity.*Key Vault Secrets User/) }],
      });
      expect(JSON.stringify(error)).not.toContain('planted');
    }
  });

  it('of another program is worth a warning', async () => {
    const walk = createWalk(() => []);

    await walk.check('settings', (report) => checkSettings({ environment: { ...SETTINGS, OTHER: REFERENCE } }, report));

    expect(walk.diagnosis().checks[0]).toMatchObject({
      outcome: 'ok',
      findings: [{ id: 'setting-unresolved', symptom: expect.stringMatching(/^OTHER/) }],
    });
  });
});
