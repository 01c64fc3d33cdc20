import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

interface AzuriteOptions {
  /** Where everything is kept. Its memory mode has lost blobs, so there is always a folder. */
  readonly dataDir: string;
  /** Free ones unless given. */
  readonly ports?: AzuritePorts;
  /** Called with each line that Azurite prints. */
  readonly log?: (line: string) => void;
}

/** A running Azurite: Microsoft's emulator of Azure Storage. */
export interface Azurite {
  readonly connectionString: string;
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly tableUrl: string;
  readonly account: string;
  readonly key: string;
  /** Ends it, what it holds being saved, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Azurite's account and key, the same on every machine and published in its documentation. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Holds the id of the process that uses a data folder. */
const PID_FILE = 'azurite.pid';
const UNUSED_TIMEOUT_MS = 15_000;
const UNUSED_POLL_MS = 100;

const FREE_PORTS: AzuritePorts = { blob: 0, queue: 0, table: 0 };

// The channel to us closes when we let go of it, and also when we are killed: Azurite never outlives us.
// Nobody reads then what it prints, which must not end it before it has saved.
const END_WITH_PARENT = `data:text/javascript,
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
process.once('disconnect', () => {
  setTimeout(() => process.exit(), 5000).unref();
  process.emit('message', 'shutdown');
})`;

/** Starts Azurite on loopback and waits until blobs, queues and tables are served. Throws, with what it printed, when it does not start. */
export async function startAzurite({ dataDir, ports = FREE_PORTS, log }: AzuriteOptions): Promise<Azurite> {
  await mkdir(dataDir, { recursive: true });
  await untilUnused(dataDir);
  const child = fork(createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'), argumentsFor(dataDir, ports), {
    execArgv: ['--import', END_WITH_PARENT],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  await writeFile(join(dataDir, PID_FILE), String(child.pid));
  const { Blob, Queue, Table } = await listening(child, log);
  const blobUrl = `${Blob}/${ACCOUNT}`;
  const queueUrl = `${Queue}/${ACCOUNT}`;
  const tableUrl = `${Table}/${ACCOUNT}`;
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${blobUrl};QueueEndpoint=${queueUrl};TableEndpoint=${tableUrl};`,
    blobUrl,
    queueUrl,
    tableUrl,
    account: ACCOUNT,
    key: KEY,
    stop: () => stop(child),
  };
}

/** An Azurite whose parent was killed still saves for a moment; a second one would not see what it saves. */
async function untilUnused(dataDir: string): Promise<void> {
  const pid = Number(await readFile(join(dataDir, PID_FILE), 'utf8').catch(() => ''));
  for (let leftMs = UNUSED_TIMEOUT_MS; pid > 0 && isRunning(pid); leftMs -= UNUSED_POLL_MS) {
    if (leftMs <= 0)
      throw new Error(
        `Process ${pid} still uses ${dataDir}. End it, or take another folder; if it is no Azurite, delete ${PID_FILE} there.`,
      );
    await wait(UNUSED_POLL_MS);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function argumentsFor(dataDir: string, ports: AzuritePorts): string[] {
  const listen = (['blob', 'queue', 'table'] as const).flatMap((service) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    `${ports[service]}`,
  ]);
  return ['--location', dataDir, '--silent', '--disableTelemetry', '--skipApiVersionCheck', ...listen];
}

type Service = 'Blob' | 'Queue' | 'Table';

function listening(child: ChildProcess, log: (line: string) => void = () => undefined): Promise<Record<Service, string>> {
  const printed: string[] = [];
  const urls: Partial<Record<Service, string>> = {};
  return new Promise((resolve, reject) => {
    const onLine = (line: string) => {
      printed.push(line);
      log(line);
      const [, service, url] = /Azurite (Blob|Queue|Table) service is successfully listening at (\S+)/.exec(line) ?? [];
      if (service === undefined || url === undefined) return;
      urls[service as Service] = url;
      const { Blob, Queue, Table } = urls;
      if (Blob !== undefined && Queue !== undefined && Table !== undefined) resolve({ Blob, Queue, Table });
    };
    for (const output of [child.stdout, child.stderr]) if (output) createInterface({ input: output }).on('line', onLine);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Azurite ended with ${code} instead of starting:\n${printed.join('\n')}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}
