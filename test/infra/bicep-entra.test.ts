import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AZURE_CLOUDS } from '../../src/clouds/azure-clouds.ts';
import { type BicepFolder, openBicepFolder } from './support/bicep-folder.ts';
import { type FakeAnswer, openFakeWorld } from './support/fake-commands.ts';
import { FETCH_TIMEOUT_MS } from './support/find-bicep.ts';

interface GraphTemplate {
  readonly resources: Readonly<Record<string, { readonly properties: Readonly<Record<string, unknown>>; readonly condition?: string }>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

const TENANT = '00000000-0000-0000-0000-000000000001';
const CLIENT = '00000000-0000-0000-0000-0000000000c1';
const PRINCIPAL = '00000000-0000-0000-0000-0000000000d1';

/** Entra ID as it is before the application is there. */
const ENTRA: readonly FakeAnswer[] = [
  { when: 'az account show *', says: TENANT },
  { when: 'az cloud show *microsoftGraphResourceId*', says: 'https://graph.microsoft.com/' },
  { when: 'az cloud show *activeDirectory*', says: 'https://login.microsoftonline.com' },
  { when: 'az rest --method get */applications(*', says: CLIENT },
  { when: 'az rest --method get */appRoleAssignedTo*', says: '0' },
  { when: 'az rest --method get */servicePrincipals(*', says: PRINCIPAL },
];

let folder: BicepFolder;
let template: GraphTemplate;

beforeAll(async () => {
  folder = await openBicepFolder();
  template = (await folder.compile('entra.bicep')) as unknown as GraphTemplate;
}, FETCH_TIMEOUT_MS);
afterAll(() => folder[Symbol.asyncDispose]());

describe('the application of entra.bicep', () => {
  it('has tokens of version 1 for a URI of the tenant', () => {
    expect(template.resources['application']?.properties).toMatchObject({
      signInAudience: 'AzureADMyOrg',
      identifierUris: ["[format('api://{0}/{1}', tenant().tenantId, parameters('name'))]"],
      api: { requestedAccessTokenVersion: 1 },
    });
  });

  it('gives tokens to nobody who is not assigned', () => {
    expect(template.resources['servicePrincipal']?.properties).toMatchObject({ appRoleAssignmentRequired: true });
    expect(Object.keys(template.resources).filter((name) => name.startsWith('assignment'))).toEqual(['assignment']);
  });

  it('trusts the managed identity only where it acts for it', () => {
    expect(template.resources['federatedCredential']).toMatchObject({
      condition: "[equals(parameters('identity'), 'federated-app')]",
      properties: {
        issuer: "[variables('issuer')]",
        subject: "[parameters('identityPrincipalId')]",
        audiences: ["[variables('exchangeAudiences')[environment().name]]"],
      },
    });
  });

  it('asks for the exchange of tokens as each cloud has it', () => {
    expect(template.variables['exchangeAudiences']).toEqual(
      Object.fromEntries(AZURE_CLOUDS.map(({ name, exchangeAudience }) => [name, exchangeAudience])),
    );
  });
});

describe('entra.sh', () => {
  it.each(['managed-identity', 'federated-app'])('makes what entra.bicep makes, for %s', async (identity) => {
    const { exitCode, writes } = await runScript(identity, ENTRA);

    expect(exitCode).toBe(0);
    expect(writes).toEqual([
      { url: "applications(uniqueName='keyless-bridge')", body: evaluated('application', identity, ['uniqueName']) },
      { url: `servicePrincipals(appId='${CLIENT}')`, body: evaluated('servicePrincipal', identity, ['appId']) },
      ...(identity === 'federated-app'
        ? [
            {
              url: "applications(uniqueName='keyless-bridge')/federatedIdentityCredentials(name='managed-identity')",
              body: evaluated('federatedCredential', identity, ['name']),
            },
          ]
        : []),
      { url: `servicePrincipals/${PRINCIPAL}/appRoleAssignedTo`, body: evaluated('assignment', identity, []) },
    ]);
  });

  it.each(
    AZURE_CLOUDS.flatMap((cloud) =>
      cloud.authorityHosts
        .filter((host) => host.startsWith('login.') && !/windows\.net|microsoft\.com/.test(host))
        .map((host) => ({ cloud, host })),
    ),
  )('trusts the managed identity by what $cloud.name has, at $host', async ({ cloud, host }) => {
    const { writes } = await runScript('federated-app', [{ when: 'az cloud show *activeDirectory*', says: `https://${host}/` }, ...ENTRA]);

    expect(writes.find(({ url }) => url.includes('federatedIdentityCredentials'))?.body).toMatchObject({
      issuer: `https://${cloud.authorityHosts[0]}/${TENANT}/v2.0`,
      audiences: [cloud.exchangeAudience],
    });
  });

  it('refuses a cloud that it does not know, before it makes anything', async () => {
    const { exitCode, stderr, writes } = await runScript('federated-app', [
      { when: 'az cloud show *activeDirectory*', says: 'https://login.example/' },
      ...ENTRA,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('a cloud that this script does not know (https://login.example/)');
    expect(writes).toEqual([]);
  });

  it.each([
    ['Windows', (says: string) => `${says}\\r`],
    ['a terminal in colour', (says: string) => `\\e[34m${says}\\e[0m`],
    ['a byte order mark', (says: string) => `\\xef\\xbb\\xbf${says}`],
  ])('does the same with the answers of %s', async (_, disguise) => {
    const disguised = ENTRA.map(({ says = '', ...answer }) => ({ ...answer, says: disguise(says) }));

    const [plain, other] = [await runScript('federated-app', ENTRA), await runScript('federated-app', disguised)];

    expect(other.writes).toEqual(plain.writes);
    expect(other.stdout).toBe(plain.stdout);
  });

  it('tells the audience, the client id and the subject', async () => {
    const { stdout } = await runScript('managed-identity', ENTRA);

    expect(stdout).toBe(`api://${TENANT}/keyless-bridge\n${CLIENT}\nobject-id-of-identity\n`);
  });

  it('refuses another tenant than the one named, before it makes anything', async () => {
    const { exitCode, stderr, writes } = await runScript('managed-identity', ENTRA, ['--tenant', PRINCIPAL]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`in the tenant ${TENANT}, which az uses now`);
    expect(writes).toEqual([]);
  });

  it.each([
    ['the client id', 'az rest --method get */applications(*', 'None'],
    ['the service principal', 'az rest --method get */servicePrincipals(*', ''],
    ['the number of assignments', 'az rest --method get */appRoleAssignedTo*', 'null'],
  ])('stops where Entra ID does not tell %s', async (_, when, says) => {
    const { exitCode, stderr, stdout } = await runScript('managed-identity', [{ when, says }, ...ENTRA]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('was not returned');
    expect(stdout).toBe('');
  });

  it('assigns nobody twice', async () => {
    const { writes } = await runScript('managed-identity', [{ when: 'az rest --method get */appRoleAssignedTo*', says: '1' }, ...ENTRA]);

    expect(writes.map(({ url }) => url)).toEqual(["applications(uniqueName='keyless-bridge')", `servicePrincipals(appId='${CLIENT}')`]);
  });

  it('waits for what is not known everywhere yet, and gives up in the end', async () => {
    const missing = { when: 'az rest --method get */servicePrincipals(*', says: 'Resource does not exist', exitCode: 1 };

    const { exitCode, stderr, calls } = await runScript('managed-identity', [missing, ...ENTRA]);

    expect(calls.filter((call) => call === 'sleep 10')).toHaveLength(17);
    expect(stderr).toContain(`Entra ID refused to get servicePrincipals(appId='${CLIENT}')`);
    expect(exitCode).toBe(1);
  });

  it('does not wait where it is refused', async () => {
    const refusal = { when: 'az rest --method patch *', says: 'Insufficient privileges', exitCode: 1 };

    const { exitCode, stderr, calls } = await runScript('managed-identity', [refusal, ...ENTRA]);

    expect(calls).not.toContain('sleep 10');
    expect(stderr).toContain('Insufficient privileges');
    expect(exitCode).toBe(1);
  });
});

async function runScript(identity: string, answers: readonly FakeAnswer[], more: readonly string[] = []) {
  await using world = await openFakeWorld();
  const args = ['--identity-principal-id', 'object-id-of-identity', '--identity', identity, ...more];
  const end = await world.run('infra/azure/entra.sh', args, answers);
  const writes = end.calls.flatMap((call) => {
    const [, url, body] =
      /^az rest --method p\w+ --url https:\/\/graph\.microsoft\.com\/v1\.0\/(.+) --headers .* --body (.+)$/.exec(call) ?? [];
    return url === undefined || body === undefined ? [] : [{ url, body: JSON.parse(body) }];
  });
  return { ...end, writes };
}

/** The properties of a resource of entra.bicep, without those that the address says, and with the values of the test in its expressions. */
function evaluated(resource: string, identity: string, inAddress: readonly string[]): unknown {
  const values: Readonly<Record<string, unknown>> = {
    "[parameters('name')]": 'keyless-bridge',
    "[variables('roleId')]": template.variables['roleId'],
    "[format('api://{0}/{1}', tenant().tenantId, parameters('name'))]": `api://${TENANT}/keyless-bridge`,
    "[variables('issuer')]": `https://login.microsoftonline.com/${TENANT}/v2.0`,
    "[variables('exchangeAudiences')[environment().name]]": 'api://AzureADTokenExchange',
    "[parameters('identityPrincipalId')]": 'object-id-of-identity',
    "[reference('servicePrincipal').id]": PRINCIPAL,
    "[if(equals(parameters('identity'), 'federated-app'), reference('servicePrincipal').id, parameters('identityPrincipalId'))]":
      identity === 'federated-app' ? PRINCIPAL : 'object-id-of-identity',
  };
  const properties = Object.entries(template.resources[resource]?.properties ?? {}).filter(([name]) => !inAddress.includes(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(properties)), (_, value) => values[value] ?? value);
}
