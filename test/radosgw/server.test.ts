import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startRadosgw } from './server/radosgw.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('the server of these tests', () => {
  it('does not start without its programs, and says what to install', async () => {
    vi.stubEnv('PATH', '/nowhere');

    await expect(startRadosgw()).rejects.toThrow(
      /radosgw, radosgw-admin.* not found.*apt-get install .*radosgw ceph-common ceph-mon ceph-osd/,
    );
  });

  it('ends with the process that started it, also when that is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'radosgw-killed-'));
    const script = `const { startRadosgw } = await import('${new URL('server/radosgw.ts', import.meta.url)}');
      console.log((await startRadosgw()).account.endpoint);
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [endpoint] = await once(createInterface({ input: child.stdout }), 'line');
    await expect(fetch(endpoint)).resolves.toMatchObject({ status: 200 });

    child.kill('SIGKILL');

    await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow('fetch failed'), { timeout: 10_000 });
    await rm(folder, { recursive: true, force: true });
  });
});
