import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EntraStandIn, startEntraStandIn } from '../../../local/entra/server.ts';
import { AUDIENCE, register, SCOPE } from './setup.ts';

const run = promisify(execFile);

let dataDir: string;
let entra: EntraStandIn;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'entra-'));
  entra = await startEntraStandIn({ dataDir });
  register(entra, { identifierUris: [AUDIENCE] });
});

afterAll(async () => {
  await entra.stop();
  await rm(dataDir, { recursive: true });
});

/** Signs in with a credential that is told nothing about certificates, in a process with this environment. */
async function signInElsewhere(environment: Record<string, string>) {
  const { clientId } = register(entra, { secrets: ['right'] });
  const script = fileURLToPath(new URL('print-claims.ts', import.meta.url));
  return run(process.execPath, [script], {
    env: {
      PATH: process.env['PATH'],
      AZURE_AUTHORITY_HOST: entra.authorityHost,
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: 'right',
      SCOPE,
      ...environment,
    },
  });
}

describe('an app in a process of its own', () => {
  it('trusts the stand-in by NODE_EXTRA_CA_CERTS alone', async () => {
    const { stdout } = await signInElsewhere({ NODE_EXTRA_CA_CERTS: join(dataDir, 'ca.pem') });

    expect(JSON.parse(stdout)).toMatchObject({ aud: AUDIENCE, tid: entra.tenantId });
  });

  it('does not trust it without', async () => {
    await expect(signInElsewhere({})).rejects.toThrow('endpoints_resolution_error');
  });
});
