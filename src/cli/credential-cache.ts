import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AwsCredentials } from '../federation/assume-role.ts';

/** Tools of AWS ask for new credentials up to 15 minutes before the old ones end. */
const LEAST_LEFT_MS = 16 * 60_000;

const entry = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1),
  expiration: z.iso.datetime().transform((text) => new Date(text)),
});

/** Credentials that earlier processes obtained, each in a file that its owner alone can read. */
export interface CredentialCache {
  /** `undefined` where there are none that last for a while, or the file cannot be trusted. */
  find(): AwsCredentials | undefined;
  /** A failure to save is ignored: the credentials are obtained again. */
  keep(credentials: AwsCredentials): void;
}

interface CacheOptions {
  readonly folder: string;
  /** All that the credentials depend on, secrets included: only its hash is written. */
  readonly of: unknown;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function openCredentialCache({ folder, of, clock }: CacheOptions): CredentialCache {
  const path = join(folder, `${createHash('sha256').update(JSON.stringify(of)).digest('hex')}.json`);
  return {
    find() {
      const found = isPrivate(path) ? entry.safeParse(readJson(path)).data : undefined;
      return found !== undefined && found.expiration.getTime() - clock() > LEAST_LEFT_MS ? found : undefined;
    },
    keep(credentials) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeInOneStep(path, JSON.stringify(credentials));
      } catch {
        // The next process obtains them anew.
      }
    },
  };
}

/** Where a user's caches are: `XDG_CACHE_HOME`, on Windows `LOCALAPPDATA`, else `~/.cache`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'] || env['LOCALAPPDATA'] || join(homedir(), '.cache');
  return join(base, 'keyless-bridge', 'credentials');
}

/** Another user may have written what others can write. Windows has no such modes: the folder is the user's own there. */
function isPrivate(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || process.getuid === undefined) return found !== undefined;
  return found.uid === process.getuid() && (found.mode & 0o077) === 0;
}

/** Other processes see the whole text, or the one before. */
function writeInOneStep(path: string, text: string): void {
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
