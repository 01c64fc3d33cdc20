import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHostJson } from '../../local/host/host-json.ts';
import { parseConfig, parseFile, readConfigFile, readSettingsFile } from '../../src/config/config-file.ts';
import { checkJobs } from '../../src/config/jobs/read-jobs.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyless-bridge-config-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function written(content: string | Uint8Array, name = 'local.settings.json'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const VALUE = { version: '2.0', a: ['// no comment', '/* none */', 'say "yes", ]'], b: { c: 1 } };

/** Ways to write {@link VALUE} that the Functions host, Core Tools or an editor takes. */
const FORMS: Readonly<Record<string, string>> = {
  'as strict JSON': JSON.stringify(VALUE),
  'with a byte order mark': `\ufeff${JSON.stringify(VALUE)}`,
  'with comments to the end of a line': `// say "hi\n${JSON.stringify(VALUE, undefined, 2).replace('"b"', '// {[\n"b"')} // end`,
  'with block comments': `/* { */ ${JSON.stringify(VALUE).replace('"b"', '/* a\n"b */"b"')}`,
  'with trailing commas': '{"version":"2.0","a":["// no comment","/* none */","say \\"yes\\", ]",],"b":{"c":1,},}',
  'with CR LF': JSON.stringify(VALUE, undefined, 2).replaceAll('\n', '\r\n'),
  'with single quotes and bare names': `{version: '2.0', a: ['// no comment', '/* none */', 'say "yes", ]'], b: {c: 1}}`,
};

describe('a JSON file of the app', () => {
  it.each(Object.entries(FORMS))('may be written %s', (_form, text) => {
    expect(parseConfig(text)).toEqual(VALUE);
  });

  it.each([
    ['utf-8', Buffer.from(`\ufeff${JSON.stringify(VALUE)}`)],
    ['utf-16le', Buffer.from(`\ufeff${JSON.stringify(VALUE)}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${JSON.stringify(VALUE)}`, 'utf16le').swap16()],
  ])('may be in %s with its byte order mark, as tools on Windows write it', async (_encoding, bytes) => {
    expect(parseConfig(readConfigFile(await written(bytes)) ?? '')).toEqual(VALUE);
  });

  it.each([
    ['{\n  "a": 1\n  "b": "planted"\n}', 'x.json is not valid JSON: unexpected character at line 3, column 3'],
    ['{"a": "planted', 'x.json is not valid JSON: it ends too early, at line 1, column 15'],
    ['', 'x.json is not valid JSON: it ends too early, at line 1, column 1'],
    ['SharedAccessSignature=planted', 'x.json is not valid JSON: unexpected character at line 1, column 1'],
  ])('that cannot be read is named with the line, and nothing of it is repeated: %#', (text, message) => {
    expect(() => parseFile(text, 'x.json')).toThrow(message);
    expect(() => parseFile(text, 'x.json')).not.toThrow('planted');
  });

  it('keeps a member named __proto__ a member', () => {
    expect(Object.keys(parseConfig('{"__proto__": 1, /* */}') as object)).toEqual(['__proto__']);
  });
});

describe('local.settings.json', () => {
  it('may have comments, trailing commas and a byte order mark', async () => {
    const path = await written('\ufeff{\n  // local\n  "IsEncrypted": false,\n  "Values": { "A": "a", "B": 1, "C": true, "D": null, },\n}');

    expect(readSettingsFile(path)).toEqual({ A: 'a', B: '1', C: 'true' });
  });

  it.each([
    ['[]', 'it must be an object'],
    ['{"Values": "x"}', 'Values must be an object'],
    ['{"Values": {"A": {"b": "planted"}}}', 'Values.A must be a text'],
    ['{"Values": {"A": "planted" "B": "b"}}', 'is not valid JSON: unexpected character at line 1, column 28'],
    ['{"IsEncrypted": true, "Values": {"A": "planted"}}', 'func settings decrypt'],
  ])('that cannot be used is refused with its name and what is wrong: %s', async (text, message) => {
    const path = await written(text);

    expect(() => readSettingsFile(path)).toThrow(message);
    expect(() => readSettingsFile(path)).toThrow(path);
    expect(() => readSettingsFile(path)).not.toThrow('planted');
  });
});

describe('jobs.json', () => {
  const JOB = '{ "name": "a", "source": "s3://bucket-a/x/", "destination": "https://account.blob.core.windows.net/box/", }';

  it('may have comments, trailing commas and a byte order mark', () => {
    expect(checkJobs(`\ufeff// ours\n[ ${JOB}, ]`, 'jobs.json')).toMatchObject({ value: [{ name: 'a' }] });
  });

  it.each([
    ['// c\n'.concat('['.repeat(40), ']'.repeat(40)), 'nested more than 32 deep'],
    [`[{"a": [${'1,'.repeat(501)}]}]`, 'has 501 entries in a, more than 500'],
  ])('is limited: %#', (text, message) => {
    expect(checkJobs(text, 'jobs.json').problems?.[0]).toContain(message);
  });

  it('that cannot be read is named with the line', () => {
    expect(checkJobs(`[\n${JOB}\n${JOB}]`, 'jobs.json').problems).toEqual([
      'jobs.json is not valid JSON: unexpected character at line 3, column 1',
    ]);
  });
});

describe('host.json in the local host', () => {
  it('may have comments, trailing commas and a byte order mark', async () => {
    await written('\ufeff{ "version": "2.0", /* ours */ "extensions": { "http": { "routePrefix": "v1", }, }, }', 'host.json');

    expect(readHostJson(folder).routePrefix).toBe('v1');
  });

  it('that cannot be read is named with the line', async () => {
    const path = await written('{\n"version" "2.0"}', 'host.json');

    expect(() => readHostJson(folder)).toThrow(`${path} is not valid JSON: unexpected character at line 2, column 11`);
  });
});
