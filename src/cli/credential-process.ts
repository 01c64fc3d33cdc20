import { parseArgs } from 'node:util';
import { createFederation } from '../create-federation.ts';
import type { AwsCredentials } from '../federation/assume-role.ts';
import { readFederationSettings } from '../settings.ts';
import { loadSettings } from './load-settings.ts';

export const CREDENTIAL_PROCESS_USAGE = `keyless-bridge credential-process [options]
  --settings FILE        a local.settings.json; the one in this folder unless given`;

/** Prints credentials as `credential_process` of an AWS profile expects them. Nothing else is printed to standard output. */
export async function runCredentialProcess(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { settings: { type: 'string' } } });
  const { value: settings, problems = [] } = readFederationSettings(loadSettings(values.settings));
  if (settings === undefined) throw new Error(`The settings are wrong:\n  ${problems.join('\n  ')}`);
  const credentials = await createFederation(settings).openSession('keyless-bridge-credential-process')();
  process.stdout.write(`${JSON.stringify(inAwsForm(credentials))}\n`);
  return 0;
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
