import { describe, expect, it } from 'vitest';
import { checkIdentityAndToken } from '../../src/doctor/checks/check-token.ts';
import { explainError } from '../../src/doctor/explain/explain-error.ts';
import { createWalk } from '../../src/doctor/walk.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const CLAIMS = {
  iss: 'https://sts.windows.net/7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55/',
  aud: 'api://bridge',
  sub: 'principal',
  tid: '7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55',
  exp: NOW_MS / 1_000 + 3_600,
};

function jwt(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

/** What the check of the token says about one that Entra ID gave. */
async function examine(token: string, { audience = 'api://bridge', environment = {} } = {}) {
  const walk = createWalk((error) => explainError(error, {}));
  const getToken = async () => ({ token, expiresOn: new Date(NOW_MS) });
  const identity = { mode: 'client-secret', getToken } as const;
  await checkIdentityAndToken(walk, { identity, audience, environment, clock: () => NOW_MS }).catch(() => undefined);
  return walk.diagnosis().checks.at(-1);
}

describe('looking at a token', () => {
  it('shows its claims, with times for people', async () => {
    const check = await examine(jwt(CLAIMS));

    expect(check).toEqual({ name: 'token', outcome: 'ok', details: { ...CLAIMS, exp: '2026-03-01T13:00:00.000Z' }, findings: [] });
  });

  it.each([
    ['an opaque one', 'opaque', {}, 'token-without-audience'],
    ['one with no audience', jwt({ ...CLAIMS, aud: undefined }), {}, 'token-without-audience'],
    ['one that is no JSON', 'e30.e30x!.signature', {}, 'token-without-audience'],
    ['that of the token exchange', jwt({ ...CLAIMS, aud: 'fb60f99c-7a34-4190-8149-302f77469936' }), {}, 'token-is-for-exchange'],
    ['an expired one', jwt({ ...CLAIMS, exp: NOW_MS / 1_000 - 1 }), {}, 'token-expired'],
    ['one for a service of Microsoft', jwt(CLAIMS), { audience: 'https://management.azure.com/' }, 'trust-too-broad'],
    ['one of another principal', jwt(CLAIMS), { environment: { BRIDGE_EXPECTED_SUBJECT: 'other' } }, 'principal-unexpected'],
    [
      'one of another tenant',
      jwt(CLAIMS),
      { environment: { AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555' } },
      'tenant-or-cloud-wrong',
    ],
  ])('refuses %s', async (_case, token, options, id) => {
    const check = await examine(token, options);

    expect(check).toMatchObject({ name: 'token', outcome: 'broken', findings: [{ id }] });
  });
});
