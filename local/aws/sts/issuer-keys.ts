import { request as requestPlain } from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { AwsError } from '../aws-error.ts';

export interface IssuerKeysOptions {
  /** Where the discovery document of an issuer really is, by issuer: the base URL, without `/.well-known`. */
  readonly locations: Readonly<Record<string, string>>;
  /** CA certificates that vouch for the issuers' TLS, beside the usual ones. */
  readonly trustedCaPem: string | undefined;
  readonly clock: () => Date;
}

const CACHE_MS = 10_000;
const TIMEOUT_MS = 5_000;
const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySetDocument = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Fetches the keys of an issuer by OpenID discovery, and keeps them for a few seconds. Throws `IDPCommunicationError`. */
export function createIssuerKeys({ locations, trustedCaPem, clock }: IssuerKeysOptions): (issuer: string) => Promise<JWTVerifyGetKey> {
  const agent = new Agent(trustedCaPem === undefined ? {} : { ca: trustedCaPem });
  const cache = new Map<string, { readonly keys: JWTVerifyGetKey; readonly fetchedMs: number }>();

  async function fetchKeys(issuer: string): Promise<JWTVerifyGetKey> {
    const base = (locations[issuer] ?? issuer).replace(/\/$/, '');
    const { jwks_uri } = discoveryDocument.parse(await fetchJson(`${base}/.well-known/openid-configuration`, agent));
    return createLocalJWKSet(keySetDocument.parse(await fetchJson(jwks_uri, agent)) as JSONWebKeySet);
  }

  return async (issuer) => {
    const cached = cache.get(issuer);
    if (cached !== undefined && clock().getTime() - cached.fetchedMs < CACHE_MS) return cached.keys;
    const keys = await fetchKeys(issuer).catch(() => {
      throw new AwsError(
        'IDPCommunicationError',
        400,
        `Could not connect to the identity provider ${issuer} to fetch its verification keys`,
      );
    });
    cache.set(issuer, { keys, fetchedMs: clock().getTime() });
    return keys;
  };
}

async function fetchJson(url: string, agent: Agent): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = url.startsWith('https:') ? requestTls(url, { agent, signal }) : requestPlain(url, { signal });
    request.on('error', reject).on('response', async (response) => {
      try {
        const chunks = await response.toArray();
        if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}.`);
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      } catch (error) {
        reject(error);
      }
    });
    request.end();
  });
}
