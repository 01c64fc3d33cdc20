import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { failureOf, keysOf } from '../../contract/suite/objects.ts';
import { type Answer, type AnsweringServer, startAnsweringServer } from '../../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

/** A container of which each listing request gets the next of these answers, and then the last one again. */
async function containerWith(...answers: readonly Answer[]): Promise<ContainerClient> {
  server = await startAnsweringServer((_, count) => answers[Math.min(count, answers.length) - 1] ?? {});
  return new ContainerClient(`${server.url}/account/c`, newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } }));
}

const storeOf = (container: ContainerClient, prefix = '') => createBlobStore({ container, prefix });

const blobs = (...names: readonly string[]) =>
  names
    .map(
      (name) =>
        `<Blob><Name>${name}</Name><Properties><Last-Modified>Wed, 01 Jul 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>0</Content-Length></Properties></Blob>`,
    )
    .join('');
const page = (names: readonly string[], next = '') =>
  `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs(...names)}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
const WHOLE = page(['a', 'b']);

describe('a listing of Blob Storage that is not complete', () => {
  it.each<[string, Answer]>([
    ['an empty body', { body: '' }],
    ['a page without NextMarker', { body: WHOLE.replace('<NextMarker></NextMarker>', '') }],
    ['a page that ends in the middle', { body: WHOLE.slice(0, 200) }],
    ['a body that breaks off', { body: WHOLE.slice(0, 200), breaksOff: true }],
  ])('is requested again, and fails in the end: %s', async (_, answer) => {
    const failure = await failureOf(keysOf(storeOf(await containerWith(answer))));

    expect(failure).toMatchObject({ code: 'unavailable', isWholeStore: true });
    expect(failure.message).toContain('/account/c/ is not complete: a page of it was cut short, 4 times');
    expect(server?.requests).toHaveLength(4);
  });

  it('is complete once the page comes whole', async () => {
    const container = await containerWith({ body: page(['a'], 'next') }, { body: '' }, { body: page(['b']) });

    expect(await keysOf(storeOf(container))).toEqual(['a', 'b']);
  });

  it.each<[string, string]>([
    ['a page of something else', '<html><body>Sign in to the network</body></html>'],
    ['a name without the prefix', page(['logs/a', 'other'])],
    ['bytes that are no UTF-8', ''],
  ])('fails where it is not understood: %s', async (_, body) => {
    const bytes = body === '' ? Buffer.from(page(['é']), 'latin1') : body;

    const failure = await failureOf(keysOf(storeOf(await containerWith({ body: bytes }), 'logs/')));

    expect(failure).toMatchObject({ code: 'rejected', isWholeStore: true });
    expect(failure.message).toContain('not understood');
    expect(failure.message).not.toContain('Sign in');
  });

  it('fails where the next page would begin where this one does', async () => {
    const failure = await failureOf(keysOf(storeOf(await containerWith({ body: page(['a'], 'next') }))));

    expect(failure).toMatchObject({ code: 'rejected', isWholeStore: true, message: expect.stringContaining('begin where this one does') });
  });

  it('fails where pages without an entry do not end', async () => {
    server = await startAnsweringServer((_, count) => ({ body: page([], `next-${count}`) }));
    const container = new ContainerClient(`${server.url}/account/c`, newPipeline(new AnonymousCredential()));

    const failure = await failureOf(keysOf(storeOf(container)));

    expect(failure).toMatchObject({
      code: 'rejected',
      isWholeStore: true,
      message: expect.stringContaining('1000 pages without an entry'),
    });
    expect(server.requests.length).toBeLessThan(1_010);
  });

  it('asks for fewer blobs where a page has too many bytes', async () => {
    server = await startAnsweringServer(({ url = '' }) => {
      const isLarge = Number(new URL(url, 'http://server').searchParams.get('maxresults')) > 700;
      return { body: isLarge ? page(['a']).replace('<Blobs>', `${' '.repeat(33 * 1024 ** 2)}<Blobs>`) : page(['a', 'b']) };
    });
    const container = new ContainerClient(`${server.url}/account/c`, newPipeline(new AnonymousCredential()));

    expect(await keysOf(storeOf(container))).toEqual(['a', 'b']);
    expect(server.requests.map((url) => /maxresults=(\d+)/.exec(url)?.[1])).toEqual(['2500', '625']);
  });

  it('says why where the service refuses it, without the body of the answer', async () => {
    const body =
      '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized.\nRequestId:1</Message></Error>';
    const failure = await failureOf(keysOf(storeOf(await containerWith({ status: 403, body }))));

    expect(failure).toMatchObject({ code: 'permission-denied', isWholeStore: true });
    expect(failure.message).toContain('403 AuthorizationPermissionMismatch');
    expect(failure.message).toContain('Storage Blob Data Reader');
  });
});
