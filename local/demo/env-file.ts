import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUCKET, type Clouds } from '../clouds.ts';

const SESSION_SECONDS = 12 * 3_600;

/** Writes `env` into `folder`, for a shell to source: rclone, the AWS CLI and curl then look at the same stores as the app. */
export function writeEnvFile(folder: string, { azurite, aws, roleArn }: Clouds, appUrl: string | undefined): string {
  const session = aws.issueSession({ roleArn, expiresInSeconds: SESSION_SECONDS });
  return write(folder, 'env', [
    `export AZURE_STORAGE_CONNECTION_STRING='${azurite.connectionString}'`,
    `export AWS_ENDPOINT_URL='${aws.url}'`,
    `export AWS_REGION='${aws.region}'`,
    `export AWS_DEFAULT_REGION='${aws.region}'`,
    `export AWS_ACCESS_KEY_ID='${session.accessKeyId}'`,
    `export AWS_SECRET_ACCESS_KEY='${session.secretAccessKey}'`,
    `export AWS_SESSION_TOKEN='${session.sessionToken}'`,
    `export BRIDGE_BUCKET='${BUCKET}'`,
    ...(appUrl === undefined ? [] : [`export BRIDGE_URL='${appUrl}'`]),
  ]);
}

/** Writes `local.settings.json` into `folder`, in the form that Core Tools read. */
export function writeLocalSettings(folder: string, settings: Readonly<Record<string, string>>): string {
  const Values = { FUNCTIONS_WORKER_RUNTIME: 'node', ...settings };
  return write(folder, 'local.settings.json', [JSON.stringify({ IsEncrypted: false, Values }, undefined, 2)]);
}

function write(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  // The mode above is for a new file alone.
  chmodSync(path, 0o600);
  return path;
}
