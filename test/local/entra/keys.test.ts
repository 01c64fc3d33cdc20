import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { type EntraStandIn, type EntraStandInOptions, startEntraStandIn } from '../../../local/entra/server.ts';
import { fetchJson } from './https.ts';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options?: EntraStandInOptions): Promise<EntraStandIn> {
  const entra = await startEntraStandIn(options);
  cleanUps.push(entra.stop);
  return entra;
}

/** The keys, found as a verifier finds them: from the issuer's discovery document. */
async function publishedKeys(entra: EntraStandIn): Promise<JSONWebKeySet> {
  const discovery = await fetchJson(`${entra.discoveryBase}/.well-known/openid-configuration`, { ca: entra.caPem });
  const keys = await fetchJson(String(discovery.body['jwks_uri']), { ca: entra.caPem });
  return keys.body as unknown as JSONWebKeySet;
}

describe('discovery', () => {
  it('names the issuer of each version of tokens', async () => {
    const entra = await start();

    const first = await fetchJson(`${entra.discoveryBase}/.well-known/openid-configuration`, { ca: entra.caPem });
    const second = await fetchJson(`${entra.discoveryBase}/v2.0/.well-known/openid-configuration`, { ca: entra.caPem });

    expect(first.body['issuer']).toBe(`https://sts.windows.net/${entra.tenantId}/`);
    expect(second.body['issuer']).toBe(`https://login.microsoftonline.com/${entra.tenantId}/v2.0`);
  });

  it('answers who puts a slash between the issuer, which ends with one, and the path', async () => {
    const entra = await start();

    const answer = await fetchJson(`${entra.discoveryBase}//.well-known/openid-configuration`, { ca: entra.caPem });

    expect(answer).toMatchObject({ status: 200, body: { issuer: entra.issuer } });
  });

  it('knows no other tenant', async () => {
    const entra = await start();

    const answer = await fetchJson(`${entra.authorityHost}/other/v2.0/.well-known/openid-configuration`, { ca: entra.caPem });

    expect(answer).toMatchObject({ status: 400, body: { error_codes: [90002] } });
  });
});

describe('the published keys', () => {
  it('verify a token', async () => {
    const entra = await start();
    const token = await entra.mintToken({ aud: 'api://me' });

    const verified = await jwtVerify(token, createLocalJWKSet(await publishedKeys(entra)), { issuer: entra.issuer, audience: 'api://me' });

    expect(verified.protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
  });

  it.each(['unknown-key', 'none'] as const)('do not verify a token whose signature is: %s', async (signature) => {
    const entra = await start();
    const token = await entra.mintToken({ aud: 'api://me' }, { signature });

    await expect(jwtVerify(token, createLocalJWKSet(await publishedKeys(entra)))).rejects.toThrow();
  });

  it('carry the certificate of the key', async () => {
    const entra = await start();

    const [key] = (await publishedKeys(entra)).keys;

    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', kid: key?.['x5t'], x5c: [expect.any(String)] });
  });

  it('are the same after a restart with the same folder, and so is the certificate authority', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'entra-'));
    cleanUps.push(() => rm(dataDir, { recursive: true }));
    const before = await start({ dataDir, tenantId: 'same' });
    const token = await before.mintToken({});
    await before.stop();

    const after = await start({ dataDir, tenantId: 'same' });

    expect(after.caPem).toBe(before.caPem);
    await expect(jwtVerify(token, createLocalJWKSet(await publishedKeys(after)))).resolves.toBeDefined();
  });
});

describe('a minted token', () => {
  it('has the claims of the injected clock, without those that are undefined', async () => {
    const entra = await start({ clock: () => 1_000_000_000_000 });

    const token = await entra.mintToken({ aud: undefined, sub: 'somebody' });

    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'somebody', nbf: 1_000_000_000 - 300, exp: 1_000_000_000 + 3600 });
    expect(claims).not.toHaveProperty('aud');
  });
});
