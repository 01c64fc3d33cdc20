import { AccountSASPermissions, BlobServiceClient } from '@azure/storage-blob';
import type { Azurite } from '../../local/azurite.ts';
import { type CommandOutcome, outputOf, runCommand } from './command.ts';
import type { S3Account, S3CommandLine } from './s3-command-line.ts';

const READ_AND_LIST = AccountSASPermissions.parse('rl');
const ALL_RESOURCES = 'sco';

interface Entry {
  readonly Path: string;
  readonly Size: number;
  readonly MimeType: string;
  readonly IsDir: boolean;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** Rclone, with the bucket's account as its remote `s3:`. */
export function openRclone(account: S3Account, bucket: string): S3CommandLine {
  const environment = s3Remote(account);
  const run = (...args: readonly string[]) => runRclone(args, environment);
  const call = async (...args: readonly string[]) => outputOf(await run(...args));
  const at = (key: string) => `s3:${bucket}/${key}`;

  return {
    run,
    async list(prefix) {
      const entries: Entry[] = JSON.parse((await call('lsjson', '--recursive', '--files-only', at(prefix))).toString());
      return entries.map(({ Path }) => Path);
    },
    async put(path, key, options) {
      const metadata = options && { ...options.metadata, 'content-type': options.contentType };
      const flags = Object.entries(metadata ?? {}).flatMap(([name, value]) => ['--metadata-set', `${name}=${value}`]);
      await call('copyto', '--metadata', ...flags, path, at(key));
    },
    async get(key, path) {
      await call('copyto', at(key), path);
    },
    async copy(fromKey, toKey) {
      await call('copyto', at(fromKey), at(toKey));
    },
    async stat(key) {
      const output = await call('lsjson', '--stat', '--metadata', at(key));
      const { Size, MimeType, IsDir, Metadata = {} }: Entry = JSON.parse(output.toString());
      // What is not there could be a folder, since a bucket has none of its own.
      return IsDir ? undefined : { sizeBytes: Size, contentType: MimeType, metadata: Metadata };
    },
    async remove(key) {
      await call('deletefile', at(key));
    },
  };
}

/** Runs rclone with the remotes that these variables define, and with none of the user's. */
export function runRclone(args: readonly string[], remotes: Readonly<Record<string, string>>): Promise<CommandOutcome> {
  return runCommand('rclone', ['--retries', '1', '--low-level-retries', '1', ...args], { RCLONE_CONFIG: '/dev/null', ...remotes });
}

/** Defines the remote `s3:`. */
export function s3Remote({ endpoint, region, accessKeyId, secretAccessKey, sessionToken }: S3Account): Record<string, string> {
  return {
    RCLONE_CONFIG_S3_TYPE: 's3',
    // With "AWS" it would put the bucket into the host name, whatever the other settings say.
    RCLONE_CONFIG_S3_PROVIDER: 'Other',
    RCLONE_CONFIG_S3_UPLOAD_CUTOFF: '8M',
    RCLONE_CONFIG_S3_CHUNK_SIZE: '5M',
    RCLONE_CONFIG_S3_NO_CHECK_BUCKET: 'true',
    RCLONE_CONFIG_S3_ENDPOINT: endpoint,
    RCLONE_CONFIG_S3_REGION: region,
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretAccessKey,
    RCLONE_CONFIG_S3_SESSION_TOKEN: sessionToken,
  };
}

/** Defines the remote `blob:`. By a SAS, since with the account's key this version knows Azurite on its usual port only. */
export function blobRemote({ connectionString }: Azurite): Record<string, string> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  return {
    RCLONE_CONFIG_BLOB_TYPE: 'azureblob',
    RCLONE_CONFIG_BLOB_SAS_URL: service.generateAccountSasUrl(undefined, READ_AND_LIST, ALL_RESOURCES),
  };
}
