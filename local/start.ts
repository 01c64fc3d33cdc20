import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { BUCKET, type Clouds, startClouds } from './clouds.ts';
import { type AppProcess, startApp } from './demo/app-process.ts';
import { buildApp } from './demo/build-app.ts';
import { writeEnvFile, writeLocalSettings } from './demo/env-file.ts';
import { doSync, type FirstSyncResult, finishRuns } from './demo/first-syncs.ts';
import { seedLargeSample, seedSmallSamples } from './demo/more-samples.ts';
import { parseOptions, type StartOptions, USAGE } from './demo/options.ts';
import { seedSamples } from './demo/samples.ts';
import { createScreen } from './demo/screen.ts';
import { whenNpmEnds } from './parent-process.ts';

/*
 * npm start: both clouds and the app on this machine, a first sync each way; then it stays up until Ctrl-C.
 */

const ROOT = join(import.meta.dirname, '..');
const SCRATCH = join(ROOT, '.local');
const screen = createScreen(process.stdout, Date.now);
const { say } = screen;

/** What has been started, to be stopped in the opposite order. */
const started: (() => Promise<unknown>)[] = [];

async function main(options: StartOptions): Promise<boolean> {
  say('Starting Azurite and the stand-ins for Entra ID and AWS ...');
  const clouds = await openClouds(options);
  const places = await seed(clouds, options);
  const settings = { ...clouds.appSettings(options.identity), ...jobSettings(places) };
  const settingsFile = writeLocalSettings(SCRATCH, settings);
  if (options.cloudsOnly) {
    showClouds(clouds, undefined);
    say(`\nTo run the app:  cp ${settingsFile} . && npm run build && func start`);
    return true;
  }
  buildApp(ROOT);
  const app = await startApp({ appDir: ROOT, settings, port: options.port, logPath: join(SCRATCH, 'app.log') });
  started.push(app.stop);
  showClouds(clouds, app);
  const { isComplete, runUrl } = await doSyncs(app.url, places);
  if (!options.once) showHints(app, places, runUrl);
  return isComplete;
}

/** What was under way when the app was killed comes first. */
async function doSyncs(appUrl: string, { samples, copy, returned }: Places): Promise<FirstSyncResult> {
  const finished = await finishRuns(appUrl, screen);
  const there = await doSync(appUrl, { title: 'Blob Storage to S3', source: samples, destination: copy }, screen);
  const back = await doSync(appUrl, { title: 'S3 to Blob Storage', source: copy, destination: returned }, screen);
  return { ...there, isComplete: [...finished, there, back].every(({ isComplete }) => isComplete) };
}

/** The folder of its own is removed once the clouds have been started on it: it may be another's until then. */
async function openClouds({ data }: StartOptions): Promise<Clouds> {
  const dataDir = data === undefined ? join(SCRATCH, 'data') : resolve(data);
  const clouds = await startClouds({ dataDir, usualPorts: true });
  if (data === undefined) started.push(() => rm(dataDir, { recursive: true, force: true }));
  started.push(clouds.stop);
  return clouds;
}

interface Places {
  readonly samples: string;
  readonly copy: string;
  readonly returned: string;
}

async function seed({ azurite }: Clouds, { objects, large }: StartOptions): Promise<Places> {
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const container = service.getContainerClient('samples');
  await seedSamples(container);
  await seedSmallSamples(container, objects, say);
  if (large) await seedLargeSample(container, say);
  await service.getContainerClient('returned').createIfNotExists();
  return { samples: `${azurite.blobUrl}/samples/`, copy: `s3://${BUCKET}/from-blob/`, returned: `${azurite.blobUrl}/returned/` };
}

function jobSettings({ samples, copy, returned }: Places): Record<string, string> {
  const jobs = [
    { name: 'blob-to-s3', source: samples, destination: copy, schedule: '0 */5 * * * *' },
    { name: 's3-to-blob', source: copy, destination: returned },
  ];
  return { BRIDGE_JOBS: JSON.stringify(jobs) };
}

function showClouds(clouds: Clouds, app: AppProcess | undefined): void {
  const { azurite, aws, entra } = clouds;
  say(`  Blob Storage (Azurite)   ${azurite.blobUrl}`);
  say(`  S3, IAM, STS (stand-in)  ${aws.url}`);
  say(`  Entra ID (stand-in)      ${entra.authorityHost}`);
  if (app !== undefined) say(`  the app                  ${app.url} (in ${app.runner})`);
  say(`  for other tools          source ${writeEnvFile(SCRATCH, clouds, app?.url)}`);
}

function showHints({ url }: AppProcess, { samples, copy }: Places, runUrl: string): void {
  say(`
Up and running, no key is asked for here; Ctrl-C ends everything. The app's log is .local/app.log. Try:
  curl ${url}/api/jobs
  curl -X POST '${url}/api/jobs/s3-to-blob/runs?wait=60'
  curl -X POST '${url}/api/sync?wait=60' --json '{"source":"${samples}","destination":"${copy}"}'
  curl '${url}/api/runs?limit=3'
  curl '${runUrl}/report?format=csv'
  npm run doctor -- --settings .local/local.settings.json`);
}

async function stopAll(): Promise<void> {
  for (const stop of started.splice(0).reverse()) await stop();
}

function options(): StartOptions {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (!parsed.help) return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

const chosen = options();
const end = () => void stopAll().finally(() => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
whenNpmEnds(end);
try {
  const succeeded = await main(chosen);
  if (chosen.once) {
    await stopAll();
    process.exit(succeeded ? 0 : 1);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stopAll();
  process.exit(1);
}
