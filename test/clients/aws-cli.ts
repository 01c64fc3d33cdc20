import { outputOf, runCommand } from './command.ts';
import type { S3Account, S3CommandLine } from './s3-command-line.ts';

interface Listing {
  readonly Contents?: readonly { readonly Key: string }[];
}

interface Head {
  readonly ContentLength: number;
  readonly ContentType: string;
  readonly Metadata: Readonly<Record<string, string>>;
}

/** The AWS CLI. */
export function openAwsCli(account: S3Account, bucket: string): S3CommandLine {
  const environment = environmentOf(account);
  const run = (...args: readonly string[]) =>
    runCommand('aws', ['--endpoint-url', account.endpoint, '--output', 'json', ...args], environment);
  const call = async (...args: readonly string[]) => {
    const output = outputOf(await run(...args)).toString();
    return output === '' ? {} : JSON.parse(output);
  };
  const at = (key: string) => ['--bucket', bucket, '--key', key] as const;

  return {
    run,
    async list(prefix) {
      const { Contents = [] }: Listing = await call('s3api', 'list-objects-v2', '--bucket', bucket, '--prefix', prefix, '--page-size', '2');
      return Contents.map(({ Key }) => Key.slice(prefix.length));
    },
    async put(path, key, options) {
      const headers = options && ['--content-type', options.contentType, '--metadata', shorthand(options.metadata)];
      outputOf(await run('s3', 'cp', '--no-progress', ...(headers ?? []), path, `s3://${bucket}/${key}`));
    },
    async get(key, path) {
      outputOf(await run('s3', 'cp', '--no-progress', `s3://${bucket}/${key}`, path));
    },
    async copy(fromKey, toKey) {
      outputOf(await run('s3', 'cp', '--no-progress', `s3://${bucket}/${fromKey}`, `s3://${bucket}/${toKey}`));
    },
    async stat(key) {
      const outcome = await run('s3api', 'head-object', ...at(key));
      if (/\(404\)/.test(outcome.stderr)) return undefined;
      const head: Head = JSON.parse(outputOf(outcome).toString());
      return { sizeBytes: head.ContentLength, contentType: head.ContentType, metadata: head.Metadata };
    },
    async remove(key) {
      await call('s3api', 'delete-object', ...at(key));
    },
  };
}

function shorthand(metadata: Readonly<Record<string, string>>): string {
  return Object.entries(metadata)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** The user's own profiles stay out of it. */
function environmentOf({ region, accessKeyId, secretAccessKey, sessionToken }: S3Account): Record<string, string> {
  return {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}
