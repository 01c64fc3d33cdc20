import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AZURE_FOLDER, type BicepFolder, openBicepFolder } from './support/bicep-folder.ts';
import { FETCH_TIMEOUT_MS } from './support/find-bicep.ts';

const FILES = readdirSync(AZURE_FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => /\.bicep(?:param)?$/.test(name));

let folder: BicepFolder;

beforeAll(async () => {
  folder = await openBicepFolder();
}, FETCH_TIMEOUT_MS);
afterAll(() => folder[Symbol.asyncDispose]());

describe.each(FILES)('%s', (file) => {
  it('compiles and is linted without a warning', async () => {
    const command = file.endsWith('param') ? 'build-params' : 'build';
    const env = { BRIDGE_AUDIENCE: 'api://t/kb', AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/kb', AWS_REGION: 'eu-central-1' };

    const { exitCode, stderr } = await folder.run([command, file, '--stdout'], env);

    expect(complaintsOf(stderr)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('is formatted', async () => {
    const { stdout } = await folder.run(['format', file, '--stdout']);

    expect(stdout).toBe(readFileSync(join(AZURE_FOLDER, file), 'utf8'));
  });
});

it('a value of a wrong type is refused by the compiler', async () => {
  const predicting = folder.predict({
    audience: 'api://t/kb',
    roleArn: 'r',
    awsRegion: 'eu-central-1',
    jobs: [{ name: 'a', sauce: 's3://b' }],
  });

  await expect(predicting).rejects.toThrow(/"sauce" is not allowed/);
});

function complaintsOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => /: (?:Warning|Error) /.test(line));
}
