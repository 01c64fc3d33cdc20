import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, openCredentialCache } from '../../src/cli/credential-cache.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'keyless-bridge-cache-')), 'credentials');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const open = (of: unknown = { roleArn: 'role' }, clock = () => NOW) => openCredentialCache({ folder, of, clock });
const credentials = (minutes: number) => ({
  ...{ accessKeyId: 'ASIA', secretAccessKey: 'planted', sessionToken: 'token' },
  expiration: new Date(NOW + minutes * MINUTE_MS),
});
const onlyFile = () => {
  const [name = ''] = readdirSync(folder);
  return join(folder, name);
};

describe('the cache of credentials', () => {
  it('gives a later process what an earlier one kept', () => {
    open().keep(credentials(60));

    expect(open().find()).toEqual(credentials(60));
  });

  it.each([
    [60, 43, true],
    [60, 45, false],
    [15, 0, false],
  ])('gives credentials of %i minutes after %i: %s', (minutes, later, isGiven) => {
    open().keep(credentials(minutes));

    expect(open(undefined, () => NOW + later * MINUTE_MS).find() !== undefined).toBe(isGiven);
  });

  it('gives nothing to other settings, and names no file by them', () => {
    open({ roleArn: 'role', secret: 'one' }).keep(credentials(60));

    expect(open({ roleArn: 'role', secret: 'other' }).find()).toBeUndefined();
    expect(onlyFile()).not.toMatch(/role|one/);
  });

  it.runIf(process.getuid !== undefined)('is for its owner alone, and takes nothing that others can write or read', () => {
    open().keep(credentials(60));

    expect([statSync(folder).mode & 0o777, statSync(onlyFile()).mode & 0o777]).toEqual([0o700, 0o600]);
    chmodSync(onlyFile(), 0o644);
    expect(open().find()).toBeUndefined();
  });

  it.each(['', '{', '[]', '{"accessKeyId":"a"}', 'null'])('takes a damaged file for none: %j', (text) => {
    open().keep(credentials(60));
    writeFileSync(onlyFile(), text);

    expect(open().find()).toBeUndefined();
    open().keep(credentials(60));
    expect(open().find()).toBeDefined();
  });

  it('does without a folder that cannot be written', () => {
    writeFileSync(folder, 'a file');

    open().keep(credentials(60));

    expect(open().find()).toBeUndefined();
    expect(readFileSync(folder, 'utf8')).toBe('a file');
  });

  it.each([
    [{ XDG_CACHE_HOME: '/cache', HOME: '/home/me' }, join('/cache', 'keyless-bridge', 'credentials')],
    [{ LOCALAPPDATA: '/local' }, join('/local', 'keyless-bridge', 'credentials')],
  ])('is where caches of a user are: %j', (env, path) => {
    expect(cacheFolder(env)).toBe(path);
  });
});
