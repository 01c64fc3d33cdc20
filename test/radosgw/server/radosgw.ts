import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { anyFreePort } from '../../../local/free-port.ts';
import { ACCOUNT_ID, cephConf } from './ceph-conf.ts';
import { type Daemon, requirePrograms, run, startDaemon } from './programs.ts';

const POLL_MS = 50;
const START_TIMEOUT_MS = 30_000;

/** The owner of an account on the gateway, who may do everything there. Plain data. */
export interface RadosgwAccount {
  /** Of S3, IAM and STS alike. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Radosgw {
  readonly account: RadosgwAccount;
  stop(): Promise<void>;
}

/** Starts Ceph's object gateway, a real server of S3, IAM and STS, on loopback with everything in memory. It ends when we do. */
export async function startRadosgw(): Promise<Radosgw> {
  requirePrograms();
  const dataDir = await mkdtemp(join(tmpdir(), 'radosgw-'));
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return { account: await startDaemons(dataDir, daemons), stop };
  } catch (error) {
    await stop();
    throw new Error('The tests against radosgw cannot start: Ceph does not come up.', { cause: error });
  }
}

/** Starts one daemon after the other, since each needs those before it. Adds them to `daemons`. */
async function startDaemons(dataDir: string, daemons: Daemon[]): Promise<RadosgwAccount> {
  const conf = join(dataDir, 'ceph.conf');
  const gatewayPort = await anyFreePort();
  const stsKey = randomBytes(8).toString('hex');
  await writeFile(conf, cephConf({ dataDir, clusterId: randomUUID(), monitorPort: await anyFreePort(), gatewayPort, stsKey }), {
    mode: 0o600,
  });
  await Promise.all(['mon', 'osd'].map((folder) => mkdir(join(dataDir, folder))));
  const start = (...[program, args]: Parameters<typeof startDaemon>) => {
    const daemon = startDaemon(program, ['-c', conf, '-f', ...args]);
    daemons.push(daemon);
    return daemon;
  };

  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a']);
  const monitor = start('ceph-mon', ['-i', 'a']);
  const storeId = randomUUID();
  await orFailed(monitor, run('ceph', ['-c', conf, '--connect-timeout', '20', 'osd', 'new', storeId]));
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', storeId]);
  const store = start('ceph-osd', ['-i', '0']);
  const owner = { accessKeyId: randomBytes(10).toString('hex').toUpperCase(), secretAccessKey: randomBytes(20).toString('hex') };
  await orFailed(store, createOwner(conf, owner));
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await orFailed(start('radosgw', ['-n', 'client.gateway']), untilItAnswers(endpoint));
  return { endpoint, accountId: ACCOUNT_ID, ...owner };
}

type Owner = Pick<RadosgwAccount, 'accessKeyId' | 'secretAccessKey'>;

/** A tenant of the gateway is what comes next to an account of AWS: the ARNs of its roles name it. */
async function createOwner(conf: string, { accessKeyId, secretAccessKey }: Owner): Promise<void> {
  const names = ['--tenant', ACCOUNT_ID, '--uid', 'owner', '--display-name', 'owner'];
  const keys = ['--access-key', accessKeyId, '--secret', secretAccessKey];
  await run('radosgw-admin', ['-c', conf, 'user', 'create', ...names, ...keys, '--caps', 'roles=*;oidc-provider=*']);
}

async function orFailed(daemon: Daemon, work: Promise<void>): Promise<void> {
  await Promise.race([daemon.failed, work]);
}

async function untilItAnswers(endpoint: string): Promise<void> {
  for (let leftMs = START_TIMEOUT_MS; leftMs > 0; leftMs -= POLL_MS) {
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer !== undefined) return;
    await wait(POLL_MS);
  }
  throw new Error(`${endpoint} does not answer.`);
}
