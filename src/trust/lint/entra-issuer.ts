import { AZURE_CLOUDS, ISSUER_HOSTS } from '../../clouds/azure-clouds.ts';
import type { Remedy } from './trust-finding.ts';

/** An issuer of Entra ID's tokens, as its tokens name it. */
export interface EntraIssuer {
  /** Without `https://`, as IAM's ARNs and condition keys hold it. */
  readonly issuer: string;
  readonly version: 1 | 2;
  readonly tenant: string;
}

const VERSION_2_HOSTS = AZURE_CLOUDS.flatMap(({ authorityHosts }) => authorityHosts).filter((host) => !ISSUER_HOSTS.includes(host));
const OTHER_HOSTS = /\.ciamlogin\.com$/;

const PARTS = /^(?:[a-z]+:\/\/)?([^/]+)\/+([^/]+)((?:\/[^/]+)*)(\/*)$/i;
const SHARED_TENANTS = ['common', 'organizations', 'consumers'];

/** Reads an issuer of Entra ID, also one that is written wrongly: with a scheme, or a slash too few or too many. */
export function entraIssuerOf(written: string): EntraIssuer | undefined {
  const [, host = '', tenant = ''] = PARTS.exec(written) ?? [];
  const at = host.toLowerCase();
  if (ISSUER_HOSTS.includes(at)) return { issuer: `${at}/${lowerGuid(tenant)}/`, version: 1, tenant };
  if (VERSION_2_HOSTS.includes(at) || OTHER_HOSTS.test(at)) return { issuer: `${at}/${lowerGuid(tenant)}/v2.0`, version: 2, tenant };
  return undefined;
}

/** The mistake in an issuer of Entra ID, which IAM needs exactly; `undefined` when there is none. */
export function issuerProblem(written: string): Remedy | undefined {
  const entra = entraIssuerOf(written);
  if (entra === undefined || entra.issuer === written) return entra && sharedTenant(entra);
  const fix = `Write ${entra.issuer} in the URL (with https://), the ARN and the condition keys.`;
  const [, , , path = '', slashes = ''] = PARTS.exec(written) ?? [];
  if (/^[a-z]+:\/\//i.test(written))
    return { rule: 'trust/scheme-in-issuer', why: 'ARNs and condition keys hold the issuer without "https://".', fix };
  if (entra.version === 1 && slashes === '' && path === '')
    return {
      rule: 'trust/missing-slash',
      why: 'The issuer of version 1 tokens ends with a slash after the tenant, and its names in IAM must be equal to it.',
      fix,
    };
  if (path === (entra.version === 1 ? '' : '/v2.0') && slashes.length > (entra.version === 1 ? 1 : 0))
    return {
      rule: 'trust/extra-slash',
      why: `The issuer of version ${entra.version} tokens is ${entra.issuer}: there is a slash too many.`,
      fix,
    };
  if (entra.issuer === written.toLowerCase())
    return { rule: 'trust/issuer-case', why: 'Entra ID writes the issuer in lower case, and IAM compares it exactly.', fix };
  return { rule: 'trust/not-an-issuer', why: `Entra ID issues no tokens as ${written}.`, fix };
}

function sharedTenant({ tenant, issuer }: EntraIssuer): Remedy | undefined {
  if (!SHARED_TENANTS.includes(tenant.toLowerCase())) return undefined;
  return {
    rule: 'trust/not-an-issuer',
    why: `Entra ID issues no tokens as ${issuer}: a token names the tenant that it is from.`,
    fix: `Write the tenant's id in place of "${tenant}".`,
  };
}

function lowerGuid(tenant: string): string {
  return /^[\da-f-]{36}$/i.test(tenant) ? tenant.toLowerCase() : tenant;
}
