import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BicepFolder, openBicepFolder, type PredictedResource } from './support/bicep-folder.ts';
import { FETCH_TIMEOUT_MS } from './support/find-bicep.ts';
import { FULL_JOB, REQUIRED, RETURN_JOB } from './support/parameters.ts';

const READER = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';
const CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

/** For index tags. */
const OWNER = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b';

/** RETURN_JOB audits only; this one copies. */
const { verify: _verify, readContent: _readContent, ...COPYING } = RETURN_JOB.options;
const COPYING_JOB = { ...RETURN_JOB, options: COPYING };

let folder: BicepFolder;

beforeAll(async () => {
  folder = await openBicepFolder();
}, FETCH_TIMEOUT_MS);
afterAll(() => folder[Symbol.asyncDispose]());

describe('without keys and passwords', () => {
  it('no storage account takes a shared key or anonymous reads', async () => {
    const accounts = ofType(await folder.predict({ ...REQUIRED, bucket: 'contoso-archive' }), 'Microsoft.Storage/storageAccounts');

    expect(accounts).toHaveLength(2);
    for (const { properties } of accounts) expect(properties).toMatchObject({ allowSharedKeyAccess: false, allowBlobPublicAccess: false });
  });

  it('logs are written and read by identity only', async () => {
    const predicted = await folder.predict(REQUIRED);

    expect(ofType(predicted, 'Microsoft.Insights/components')[0]?.properties).toMatchObject({ DisableLocalAuth: true });
    expect(ofType(predicted, 'Microsoft.OperationalInsights/workspaces')[0]?.properties).toMatchObject({
      features: { disableLocalAuth: true },
    });
  });

  it('nobody publishes with a password', async () => {
    const policies = ofType(await folder.predict(REQUIRED), 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');

    expect(policies.map(({ properties }) => properties)).toEqual([{ allow: false }, { allow: false }]);
  });

  it('the template asks for no key, and takes and tells no secret', async () => {
    const template = JSON.stringify(await folder.compile('main.bicep'));

    expect(template).not.toMatch(/list(?:Keys|AccountSas|ServiceSas|Secrets)|AccountKey|SharedAccessSignature|securestring|secureobject/i);
    expect(template.match(/\w*connection_?string\w*/gi)?.map((name) => name.toLowerCase())).toSatisfy((names: string[]) =>
      names.every((name) => ['applicationinsights_connection_string', 'connectionstring'].includes(name)),
    );
  });
});

describe('the roles of the identity', () => {
  it('let it use the host storage and write metrics', async () => {
    const predicted = await folder.predict(REQUIRED);

    expect(rolesIn(predicted)).toEqual([
      'bridge: storageAccounts/kbhost has b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
      'bridge: storageAccounts/kbhost has 974c5e8b-45b9-4653-ba55-5f855dd0fb88',
      'bridge: storageAccounts/kbhost has 0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
      'bridge: components/keyless-bridge has 3913510d-42f4-4e42-8a64-420c390055eb',
    ]);
  });

  it('let it read the containers that are sources, write those that are destinations, take reports or are restored from, and own those whose tags are carried', async () => {
    const predicted = await folder.predict({ ...REQUIRED, jobs: [FULL_JOB, COPYING_JOB] });

    expect(dataRolesIn(predicted)).toEqual([
      `bridge: contoso/invoices has ${READER}`,
      `bridge: contoso/answers has ${CONTRIBUTOR}`,
      `bridge: fabrikam/reports has ${CONTRIBUTOR}`,
      `bridge: contoso/invoices has ${CONTRIBUTOR}`,
      `bridge: contoso/answers has ${OWNER}`,
    ]);
  });

  it('are given once for a container that several jobs use', async () => {
    const { archived: _, ...options } = FULL_JOB.options;
    const job = { ...FULL_JOB, options };
    const jobs = [job, { ...job, name: 'others', source: 'https://contoso.blob.core.windows.net/invoices/2025' }];

    expect(dataRolesIn(await folder.predict({ ...REQUIRED, jobs }))).toEqual([`bridge: contoso/invoices has ${READER}`]);
  });

  it('let it only read the destination of a job that writes no object', async () => {
    const jobs = [
      { name: 'audit', source: 's3://a', destination: 'https://contoso.blob.core.windows.net/audited', options: { verify: true } },
      {
        name: 'dry',
        source: 'https://contoso.blob.core.windows.net/archive',
        destination: 's3://a',
        options: { dryRun: true, archived: { restore: { maxBytes: 1 } } },
      },
    ];

    expect(dataRolesIn(await folder.predict({ ...REQUIRED, jobs }))).toEqual([
      `bridge: contoso/archive has ${READER}`,
      `bridge: contoso/audited has ${READER}`,
    ]);
  });

  it('are the same however the account is written', async () => {
    const jobs = [
      { name: 'a', source: 'https://contoso.blob.core.windows.net/invoices', destination: 's3://a/1' },
      { name: 'b', source: 'https://Contoso.Blob.core.windows.net/invoices/2025', destination: 's3://a/2' },
    ];

    expect(dataRolesIn(await folder.predict({ ...REQUIRED, jobs, accounts: { contoso: { resourceGroup: 'finance' } } }))).toEqual([
      `finance: contoso/invoices has ${READER}`,
    ]);
  });

  it('let it read the container of a list of keys', async () => {
    const jobs = [
      {
        name: 'listed',
        source: 's3://a',
        destination: RETURN_JOB.destination,
        options: { keys: 'https://contoso.blob.core.windows.net/lists/a.csv' },
      },
    ];

    expect(dataRolesIn(await folder.predict({ ...REQUIRED, jobs }))).toEqual([
      `bridge: contoso/lists has ${READER}`,
      `bridge: contoso/answers has ${CONTRIBUTOR}`,
    ]);
  });

  it('are given where the account is, in another resource group or subscription', async () => {
    const subscriptionId = '00000000-0000-0000-0000-000000000009';
    const accounts = { contoso: { resourceGroup: 'finance' }, fabrikam: { resourceGroup: 'partners', subscriptionId } };

    const predicted = await folder.predict({ ...REQUIRED, jobs: [COPYING_JOB], accounts });

    expect(dataRolesIn(predicted)).toEqual([
      `finance: contoso/answers has ${CONTRIBUTOR}`,
      `partners: fabrikam/reports has ${CONTRIBUTOR}`,
      `finance: contoso/answers has ${OWNER}`,
    ]);
    expect(predicted.find(({ id }) => id.includes('fabrikam'))?.id).toContain(`/subscriptions/${subscriptionId}/`);
  });

  it('reach what ad hoc runs are allowed', async () => {
    const places = {
      adHocSources: ['https://contoso.blob.core.windows.net/in/2026', 's3://contoso-archive'],
      adHocDestinations: ['https://contoso.blob.core.windows.net/out'],
    };

    expect(dataRolesIn(await folder.predict({ ...REQUIRED, ...places }))).toEqual([
      `bridge: contoso/in has ${READER}`,
      `bridge: contoso/out has ${CONTRIBUTOR}`,
    ]);
  });
});

describe('a deployment', () => {
  it('without jobs has a container to try, whose content goes to the bucket', async () => {
    const predicted = await folder.predict({ ...REQUIRED, bucket: 'contoso-archive' });

    expect(dataRolesIn(predicted)).toEqual([expect.stringMatching(`^bridge: kbdata\\w+/outbox has ${READER}$`)]);
    const settings = ofType(predicted, 'Microsoft.Web/sites/config')[0]?.properties as Record<string, string>;
    // The address depends on the cloud, which only Azure knows: it stays an expression.
    expect(settings['BRIDGE_JOBS']).toMatch(/'outbox-to-s3'.*'https:\/\/\{0\}\.blob\.\{1\}\/outbox'.*'s3:\/\/contoso-archive\/outbox\/'/);
  });

  it('with jobs has no such container', async () => {
    const predicted = await folder.predict({ ...REQUIRED, bucket: 'contoso-archive', jobs: [FULL_JOB] });

    expect(ofType(predicted, 'Microsoft.Storage/storageAccounts')).toHaveLength(1);
  });

  it('runs on Flex Consumption with Node 24', async () => {
    const predicted = await folder.predict(REQUIRED);

    expect(ofType(predicted, 'Microsoft.Web/serverfarms')[0]).toMatchObject({ sku: { name: 'FC1', tier: 'FlexConsumption' } });
    expect(ofType(predicted, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({
      httpsOnly: true,
      functionAppConfig: {
        runtime: { name: 'node', version: '24' },
        deployment: { storage: { authentication: { type: 'UserAssignedIdentity' } } },
      },
    });
  });

  it('tells somebody when something failed', async () => {
    const predicted = await folder.predict({ ...REQUIRED, alertEmail: 'operators@contoso.example' });

    const group = ofType(predicted, 'Microsoft.Insights/actionGroups')[0];
    expect(group?.properties).toMatchObject({ emailReceivers: [{ emailAddress: 'operators@contoso.example' }] });
    expect(ofType(predicted, 'Microsoft.Insights/scheduledQueryRules')[0]?.properties).toMatchObject({
      actions: { actionGroups: [group?.id] },
    });
  });

  it('in a virtual network hides the host storage in it', async () => {
    const privateNetwork = {
      appSubnetId: '/subnets/app',
      endpointSubnetId: '/subnets/endpoints',
      dnsZoneIds: { blob: 'b', queue: 'q', table: 't' },
    };

    const predicted = await folder.predict({ ...REQUIRED, privateNetwork });

    expect(ofType(predicted, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({ virtualNetworkSubnetId: '/subnets/app' });
    expect(ofType(predicted, 'Microsoft.Storage/storageAccounts')[0]?.properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny' },
    });
    expect(ofType(predicted, 'Microsoft.Network/privateEndpoints').map(({ id }) => id.split('-').at(-1))).toEqual([
      'blob',
      'queue',
      'table',
    ]);
    expect(ofType(predicted, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(3);
  });
});

function ofType(predicted: readonly PredictedResource[], type: string): readonly PredictedResource[] {
  return predicted.filter((resource) => resource.type === type);
}

/** Each role assignment as "resource group: what has role". */
function rolesIn(predicted: readonly PredictedResource[]): readonly string[] {
  return ofType(predicted, 'Microsoft.Authorization/roleAssignments').map(({ id, properties }) => {
    const [scope = ''] = id.split('/providers/Microsoft.Authorization/');
    const [, group, what = ''] = /\/resourceGroups\/([^/]+)\/providers\/[^/]+\/(.+)$/.exec(scope) ?? [];
    const role = String(properties['roleDefinitionId']).split('/').at(-1);
    return `${group}: ${what.replace(/(kbhost)\w+/, '$1')} has ${role}`;
  });
}

/** Those on data, with account and container alone. */
function dataRolesIn(predicted: readonly PredictedResource[]): readonly string[] {
  return rolesIn(predicted)
    .filter((role) => role.includes('/containers/'))
    .map((role) => role.replace('storageAccounts/', '').replace('/blobServices/default/containers', ''));
}
