import { AzureAuthorityHosts } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { AZURE_CLOUDS, cloudOfAuthority, cloudOfBlobHost, exchangeAudienceOf } from '../../src/clouds/azure-clouds.ts';

describe('the clouds of Azure', () => {
  it.each([
    [undefined, 'AzureCloud'],
    ['https://login.microsoftonline.com', 'AzureCloud'],
    ['https://login.microsoftonline.com/', 'AzureCloud'],
    ['https://login.microsoftonline.us/', 'AzureUSGovernment'],
    ['https://login.chinacloudapi.cn', 'AzureChinaCloud'],
    ['https://login.partner.microsoftonline.cn/', 'AzureChinaCloud'],
    ['https://127.0.0.1:8443', undefined],
    ['https://login.microsoftonline.com.example', undefined],
    ['login', undefined],
  ])('the authority %s is of %s', (authority, name) => {
    expect(cloudOfAuthority(authority)?.name).toBe(name);
  });

  it.each([AzureAuthorityHosts.AzurePublicCloud, AzureAuthorityHosts.AzureGovernment, AzureAuthorityHosts.AzureChina])(
    'the library knows %s, too',
    (authority) => {
      expect(cloudOfAuthority(authority)).toBeDefined();
    },
  );

  it.each([
    ['contoso.blob.core.windows.net', 'AzureCloud'],
    ['contoso-secondary.blob.core.windows.net', 'AzureCloud'],
    ['contoso.z01.blob.storage.azure.net', 'AzureCloud'],
    ['contoso.blob.core.usgovcloudapi.net', 'AzureUSGovernment'],
    ['contoso.blob.core.chinacloudapi.cn', 'AzureChinaCloud'],
    ['contoso.blob.core.cloudapi.de', undefined],
    ['contoso.blob.core.windows.net.example', undefined],
    ['a.b.c.blob.core.windows.net', undefined],
    ['.blob.core.windows.net', undefined],
    ['contoso@evil.blob.core.windows.net', undefined],
  ])('the host %s is of %s', (host, name) => {
    expect(cloudOfBlobHost(host)?.name).toBe(name);
  });

  it.each([
    [undefined, 'api://AzureADTokenExchange'],
    ['https://login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
    ['https://login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
    ['https://127.0.0.1:8443', 'api://AzureADTokenExchange'],
  ])('at the authority %s tokens are exchanged for %s', (authority, audience) => {
    expect(exchangeAudienceOf(authority)).toBe(audience);
  });

  it('have an audience each for the exchange of tokens', () => {
    expect(AZURE_CLOUDS.map(({ name, exchangeAudience }) => [name, exchangeAudience])).toEqual([
      ['AzureCloud', 'api://AzureADTokenExchange'],
      ['AzureUSGovernment', 'api://AzureADTokenExchangeUSGov'],
      ['AzureChinaCloud', 'api://AzureADTokenExchangeChina'],
    ]);
  });
});
