import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../local/clouds.ts';
import { type AppProcess, startApp } from '../../local/demo/app-process.ts';
import { buildApp } from '../../local/demo/build-app.ts';
import type { IdentityMode } from '../../local/identities.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/servers/webhook-receiver.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SIGNS_OF_SECRETS = ['eyJ', 'sig=', 'X-Amz-Signature', 'X-Amz-Security-Token', 'PRIVATE KEY'];
/** Shorter lines of a certificate or key are not theirs alone. */
const MIN_MARKER_LENGTH = 20;
const WEBHOOK = { path: '/hooks/planted-path-token?code=planted-query', key: 'cGxhbnRlZC13ZWJob29rLWtleS10aGF0LWlzLWxvbmc=' };

let dataDir: string;
let clouds: Clouds;
let sts: FaultProxy;
let receiver: WebhookReceiver;
let container: ContainerClient;
/** Tokens, keys and session tokens as they passed between the app and STS. */
const passed = new Set<string>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-secrets-'));
  [clouds, sts, receiver] = await Promise.all([startClouds({ dataDir }), startFaultProxy(), startWebhookReceiver()]);
  sts.forwardTo(clouds.aws.url);
  sts.observe(({ body: asked }, { body: answered }) => {
    passed.add(new URLSearchParams(asked.toString()).get('WebIdentityToken') ?? '');
    const secrets = answered.toString().matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)</g);
    for (const [, , secret = ''] of secrets) passed.add(secret);
  });
  const service = BlobServiceClient.fromConnectionString(clouds.azurite.connectionString);
  container = service.getContainerClient('samples');
  await container.create();
  await container.getBlockBlobClient('a').upload('a', 1);
  buildApp(ROOT);
});
afterAll(async () => {
  await clouds.stop();
  await sts.stop();
  await receiver.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('no secret is in what the app prints, answers, keeps or sends', () => {
  it.each([
    ['succeeds, with a client secret', 'client-secret', {}, `s3://${BUCKET}/`, 'succeeded'],
    ['succeeds, with a certificate', 'certificate', {}, `s3://${BUCKET}/certificate/`, 'succeeded'],
    ['is denied by S3', 'client-secret', {}, 's3://somebody-elses/', 'failed'],
    ['is refused by STS', 'client-secret', { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/none' }, `s3://${BUCKET}/none/`, 'failed'],
    ['is refused by Entra ID', 'client-secret', { AZURE_CLIENT_SECRET: 'planted-wrong-client-secret' }, `s3://${BUCKET}/`, 'failed'],
  ] as const)('when a run %s', async (_, mode, more, destination, state) => {
    clouds.aws.createBucket('somebody-elses');
    const settings = { ...settingsFor(mode), ...more };
    const logPath = join(dataDir, 'app.log');
    const app = await startApp({ appDir: ROOT, settings, port: 0, logPath });

    const { run, answers } = await runAndAsk(app, destination).finally(app.stop);

    const text = [...answers, await readFile(logPath, 'utf8'), ...(await keptTexts(settings.BRIDGE_STATE_CONTAINER))].join('\n');
    expect(run.state).toBe(state);
    // Otherwise the search would look for nothing: a run that succeeds has had a token, a key and a session token.
    if (state === 'succeeded') expect(passed.size).toBeGreaterThanOrEqual(3);
    expect(text).toContain(run.id);
    const markers = [...SIGNS_OF_SECRETS, ...(await ownSecrets(settings)), ...passed].filter((marker) => marker !== '');
    const sent = receiver.received.map(({ headers, body }) => JSON.stringify({ headers, body })).join('\n');
    expect(sent).toContain(run.id);
    expect(markers.filter((marker) => text.includes(marker) || sent.includes(marker))).toEqual([]);
  });
});

function settingsFor(mode: IdentityMode) {
  return {
    ...clouds.appSettings(mode),
    AWS_ENDPOINT_URL_STS: sts.url,
    BRIDGE_STATE_CONTAINER: 'state-under-search',
    BRIDGE_WEBHOOK_URL: `${receiver.origin}${WEBHOOK.path}`,
    BRIDGE_WEBHOOK_SECRET: `whsec_${WEBHOOK.key}`,
    BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} s3://somebody-elses ${clouds.azurite.blobUrl}/samples`,
  };
}

/** Starts a run, waits for its end, and asks everything that can be asked. */
async function runAndAsk({ url }: AppProcess, destination: string): Promise<{ run: RunView; answers: string[] }> {
  const body = JSON.stringify({ source: `${clouds.azurite.blobUrl}/samples/`, destination });
  const ended = await (
    await fetch(`${url}/api/sync?wait=100`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  ).text();
  const run = JSON.parse(ended) as RunView;
  const instances = `${url}/runtime/webhooks/durabletask/instances`;
  const history = 'showHistory=true&showHistoryOutput=true&showInput=true';
  const paths = [run.links.self, run.links.report, `${url}/api/runs`, `${url}/api/jobs`, `${url}/api/health`, `${url}/api/nothing`];
  const ofEngine = [`${instances}?showInput=true`, `${instances}/${run.id}-1?${history}`, `${instances}/${run.id}-1-lane-0?${history}`];
  await vi.waitFor(() => expect(receiver.received.some((message) => message.body.includes(run.id))).toBe(true), { timeout: 20_000 });
  const answers = await Promise.all([...paths, ...ofEngine].map(async (path) => textOf(await fetch(path))));
  return { run, answers: [ended, ...answers] };
}

async function textOf(response: Response): Promise<string> {
  return `${JSON.stringify([...response.headers])}\n${await response.text()}`;
}

async function keptTexts(stateContainer: string): Promise<string[]> {
  const service = BlobServiceClient.fromConnectionString(clouds.azurite.connectionString);
  const state = service.getContainerClient(stateContainer);
  const blobs = await Array.fromAsync(state.listBlobsFlat());
  return Promise.all(blobs.map(async ({ name }) => `${name}\n${await state.getBlobClient(name).downloadToBuffer()}`));
}

/** What the app was given to prove who it is, and the account key. */
async function ownSecrets(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const { AZURE_CLIENT_SECRET = '', AZURE_CLIENT_CERTIFICATE_PATH: pemPath } = settings;
  const pem = pemPath === undefined ? '' : await readFile(pemPath, 'utf8');
  const lines = pem.split('\n').filter((line) => line.length >= MIN_MARKER_LENGTH && !line.startsWith('-----'));
  return [
    AZURE_CLIENT_SECRET,
    clouds.azurite.key,
    clouds.entra.identityHeader,
    WEBHOOK.key,
    'planted-path-token',
    'planted-query',
    ...lines,
  ];
}
