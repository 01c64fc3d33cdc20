/** A cloud of Azure with tenants and host names of its own. */
export interface AzureCloud {
  /** As `az cloud list` and `environment().name` of Bicep have it. */
  readonly name: string;
  /** Hosts of Entra ID, of which the first is in the issuer of version 2 tokens. */
  readonly authorityHosts: readonly string[];
  /** In the issuer of version 1 tokens. */
  readonly issuerHost: string;
  /** DNS suffix of storage accounts, after `<account>.blob.` and after `<account>.<zone>.blob.`. */
  readonly storageSuffix: string;
  readonly zonedStorageSuffix?: string;
  /** The audience of a managed identity's token that stands for an app registration. */
  readonly exchangeAudience: string;
}

/** Where nothing else is said. */
export const PUBLIC_CLOUD: AzureCloud = {
  name: 'AzureCloud',
  authorityHosts: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  issuerHost: 'sts.windows.net',
  storageSuffix: 'core.windows.net',
  zonedStorageSuffix: 'storage.azure.net',
  exchangeAudience: 'api://AzureADTokenExchange',
};

/** Every cloud that tokens can come from. */
export const AZURE_CLOUDS: readonly AzureCloud[] = [
  PUBLIC_CLOUD,
  {
    name: 'AzureUSGovernment',
    authorityHosts: ['login.microsoftonline.us'],
    issuerHost: 'sts.windows.net',
    storageSuffix: 'core.usgovcloudapi.net',
    exchangeAudience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    name: 'AzureChinaCloud',
    authorityHosts: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    issuerHost: 'sts.chinacloudapi.cn',
    storageSuffix: 'core.chinacloudapi.cn',
    exchangeAudience: 'api://AzureADTokenExchangeChina',
  },
];

/** The cloud of an authority (a URL): the public one when there is none, `undefined` for a host that is not Microsoft's. */
export function cloudOfAuthority(authorityHost: string | undefined): AzureCloud | undefined {
  if (authorityHost === undefined) return PUBLIC_CLOUD;
  if (!URL.canParse(authorityHost)) return undefined;
  const { hostname } = new URL(authorityHost);
  return AZURE_CLOUDS.find(({ authorityHosts }) => authorityHosts.includes(hostname));
}

/** The audience for the exchange of tokens at an authority (a URL). One that is not Microsoft's gets that of the public cloud. */
export function exchangeAudienceOf(authorityHost: string | undefined): string {
  return (cloudOfAuthority(authorityHost) ?? PUBLIC_CLOUD).exchangeAudience;
}

/** The cloud of a storage account's host, such as `contoso.blob.core.windows.net`; `undefined` for other hosts. */
export function cloudOfBlobHost(host: string): AzureCloud | undefined {
  return AZURE_CLOUDS.find(({ storageSuffix, zonedStorageSuffix }) =>
    [storageSuffix, zonedStorageSuffix].some((suffix) => suffix !== undefined && isBlobHost(host, suffix)),
  );
}

/** Hosts of issuers of version 1 tokens. */
export const ISSUER_HOSTS: readonly string[] = [...new Set(AZURE_CLOUDS.map(({ issuerHost }) => issuerHost))];

function isBlobHost(host: string, suffix: string): boolean {
  const end = `.blob.${suffix}`;
  return host.endsWith(end) && /^[a-z0-9-]+(?:\.[a-z0-9]+)?$/.test(host.slice(0, -end.length));
}
