import { existsSync, readFileSync } from 'node:fs';
import tls from 'node:tls';

/** What Core Tools read, beside host.json. */
const SETTINGS_FILE = 'local.settings.json';

/** Text of a file beside host.json, where there is one. */
export function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Puts the settings of a local.settings.json into the environment, as Core Tools do: what is there already stays. A file that is named
 * must be there. `@azure/identity` reads the environment itself, so that it is not enough to hand them on.
 */
export function loadSettings(file: string | undefined): NodeJS.ProcessEnv {
  if (file !== undefined && !existsSync(file)) throw new Error(`There is no settings file ${file}. Give its path with --settings.`);
  if (file === undefined && !existsSync(SETTINGS_FILE))
    process.stderr.write(`No ${SETTINGS_FILE} in ${process.cwd()}: the settings are those of the environment.\n`);
  const { IsEncrypted, Values = {} } = JSON.parse(textOf(file ?? SETTINGS_FILE) ?? '{}');
  if (IsEncrypted === true) throw new Error('The settings file is encrypted. Decrypt it with "func settings decrypt".');
  for (const [name, value] of Object.entries(Values)) process.env[name] ??= String(value);
  trustExtraCertificates(process.env['NODE_EXTRA_CA_CERTS']);
  return process.env;
}

/** Trusts the certificates that NODE_EXTRA_CA_CERTS names: Node itself reads it only when it starts, which is before a settings file is read. */
export function trustExtraCertificates(path: string | undefined): void {
  if (path !== undefined && existsSync(path))
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(path, 'utf8')]);
}
