import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyAndCertificate } from './certificates.ts';

/** Reads `<name>.pem` and `<name>.key.pem` from `dataDir`, or creates and writes them. Without a folder, creates and keeps nothing. */
export async function keptKey(
  dataDir: string | undefined,
  name: string,
  create: () => Promise<KeyAndCertificate>,
): Promise<KeyAndCertificate> {
  if (dataDir === undefined) return create();
  const certificatePath = join(dataDir, `${name}.pem`);
  const keyPath = join(dataDir, `${name}.key.pem`);
  if (existsSync(certificatePath) && existsSync(keyPath))
    return { key: await readFile(keyPath, 'utf8'), certificate: await readFile(certificatePath, 'utf8') };
  const created = await create();
  await mkdir(dataDir, { recursive: true });
  await writeFile(keyPath, created.key, { mode: 0o600 });
  await writeFile(certificatePath, created.certificate);
  return created;
}
