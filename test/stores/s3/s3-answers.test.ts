import { afterEach, describe, expect, it } from 'vitest';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { startScriptedServer } from '../../support/servers/scripted-server.ts';

let stop = async () => {};
afterEach(() => stop());

/** A store on a server that gives this one answer. */
async function storeThatAnswers(headers: Readonly<Record<string, string>>, status = 200) {
  const known = { etag: '"1"', 'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT' };
  const server = await startScriptedServer([{ status, headers: { ...known, ...headers } }]);
  const client = createS3Client({
    region: 'eu-central-1',
    endpoint: server.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  stop = async () => {
    client.destroy();
    await server.stop();
  };
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

describe('what S3 says of a deleted object', () => {
  it.each([
    [{}, false],
    [{ 'x-amz-version-id': 'abc' }, false],
    [{ 'x-amz-version-id': 'null' }, false],
    [{ 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'abc' }, true],
    [{ 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'null' }, false],
    [{ 'x-amz-delete-marker': 'true' }, false],
    [{ 'x-amz-delete-marker': 'false', 'x-amz-version-id': 'abc' }, false],
  ])('%j: whether it is kept: %s', async (headers, isRecoverable) => {
    const store = await storeThatAnswers(headers, 204);

    expect(await store.delete('a')).toEqual({ isRecoverable });
  });
});

describe('what S3 says of the properties of an object', () => {
  const bytes = (text: string) => Buffer.from(text).toString('latin1');

  it.each([
    [
      'Content-Disposition in UTF-8',
      { 'content-disposition': bytes('attachment; filename="résumé.pdf"') },
      { contentDisposition: 'attachment; filename="résumé.pdf"' },
    ],
    [
      'Content-Disposition in Latin-1',
      { 'content-disposition': 'inline; filename="caf\u00e9"' },
      { contentDisposition: 'inline; filename="café"' },
    ],
    ['Expires that is a date', { expires: 'Tue, 01 Sep 2026 00:00:00 GMT' }, { expires: 'Tue, 01 Sep 2026 00:00:00 GMT' }],
    ['Expires that is none', { expires: '0' }, { expires: '0' }],
    ['a website redirect', { 'x-amz-website-redirect-location': '/new' }, { websiteRedirect: '/new' }],
    ['metadata that it does not show', { 'x-amz-missing-meta': '2' }, { hiddenMetadata: 2 }],
  ])('is kept: %s', async (_, headers, properties) => {
    const store = await storeThatAnswers(headers);

    expect((await store.head('a'))?.properties).toEqual({ ...properties, metadata: {} });
  });
});

describe('requests to a bucket that lets requesters pay', () => {
  it.each([true, false])('say so where that is asked for: %s', async (requesterPays) => {
    const server = await startScriptedServer([]);
    const client = createS3Client({
      region: 'eu-central-1',
      endpoint: server.url,
      forcePathStyle: true,
      checksums: 'when-supported',
      requesterPays,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    });
    stop = server.stop;

    await createS3Store({ client, bucket: 'bucket', prefix: '' }).head('a');
    client.destroy();

    expect(server.requests.map((headers) => headers['x-amz-request-payer'])).toEqual([requesterPays ? 'requester' : undefined]);
  });
});
