import { parseArgs } from 'node:util';
import { type FederationSettings, readFederationSettings } from '../config/settings.ts';
import type { AwsCredentials } from '../federation/assume-role.ts';
import { type CredentialCache, cacheFolder, openCredentialCache } from './credential-cache.ts';
import { loadSettings } from './load-settings.ts';

export const CREDENTIAL_PROCESS_USAGE = `keyless-bridge credential-process [options]
  --settings FILE        a local.settings.json; the one in this folder unless given
  --no-cache             neither uses nor keeps the credentials of earlier calls`;

/** Prints credentials as `credential_process` of an AWS profile expects them. Nothing else is printed to standard output. */
export async function runCredentialProcess(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { settings: { type: 'string' }, 'no-cache': { type: 'boolean' } } });
  const env = loadSettings(values.settings);
  const { value: settings, problems = [] } = readFederationSettings(env);
  if (settings === undefined) throw new Error(`The settings are wrong:\n  ${problems.join('\n  ')}`);
  const cache = values['no-cache'] ? undefined : openCache(settings, env);
  const credentials = cache?.find() ?? (await obtain(settings, cache));
  process.stdout.write(`${JSON.stringify(inAwsForm(credentials))}\n`);
  return 0;
}

/** Every `aws` command calls this program, and most of its time would be spent on loading the SDKs. */
async function obtain(settings: FederationSettings, cache: CredentialCache | undefined): Promise<AwsCredentials> {
  const { createFederation } = await import('../app/create-federation.ts');
  const credentials = await createFederation(settings).openSession('keyless-bridge-credential-process')();
  cache?.keep(credentials);
  return credentials;
}

/** `@azure/identity` reads the environment itself, such as a client secret. */
function openCache(settings: FederationSettings, env: NodeJS.ProcessEnv): CredentialCache {
  const ofIdentity = Object.entries(env).filter(([name]) => /^(?:AZURE|IDENTITY|MSI)_/.test(name));
  return openCredentialCache({ folder: cacheFolder(env), of: [settings, ofIdentity.sort()], clock: Date.now });
}

function inAwsForm({ accessKeyId, secretAccessKey, sessionToken, expiration }: AwsCredentials) {
  return {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  };
}
