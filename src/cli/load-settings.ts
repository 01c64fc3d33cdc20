import { existsSync, readFileSync } from 'node:fs';
import tls from 'node:tls';
import { readSettingsFile } from '../config/config-file.ts';

/** The settings file of Core Tools, beside host.json. */
const SETTINGS_FILE = 'local.settings.json';

/**
 * Puts the settings of a local.settings.json into the environment, as Core Tools do: what is there already stays. A file that is named must
 * be there, and replaces what is in the environment, such as a shell's AWS_ROLE_ARN. `@azure/identity` reads the environment itself, so
 * that it is not enough to hand them on.
 */
export function loadSettings(file: string | undefined): NodeJS.ProcessEnv {
  if (file !== undefined && !existsSync(file)) throw new Error(`There is no settings file ${file}. Give its path with --settings.`);
  if (file === undefined && !existsSync(SETTINGS_FILE))
    process.stderr.write(`No ${SETTINGS_FILE} in ${process.cwd()}: the settings are those of the environment.\n`);
  for (const [name, value] of Object.entries(readSettingsFile(file ?? SETTINGS_FILE)))
    process.env[name] = file === undefined ? (process.env[name] ?? value) : value;
  trustExtraCertificates(process.env['NODE_EXTRA_CA_CERTS']);
  return process.env;
}

/** Trusts the certificates that NODE_EXTRA_CA_CERTS names: Node itself reads it only when it starts, which is before a settings file is read. */
export function trustExtraCertificates(path: string | undefined): void {
  if (path !== undefined && existsSync(path))
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(path, 'utf8')]);
}
