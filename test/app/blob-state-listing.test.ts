import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobState } from '../../src/app/blob-state.ts';
import { type AnsweringServer, startAnsweringServer } from '../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

const BLOB =
  '<Blob><Name>runs/1/a</Name><Properties><Last-Modified>Wed, 01 Jul 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>0</Content-Length></Properties></Blob>';
const page = (end: string) => `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${BLOB}</Blobs>${end}</EnumerationResults>`;

/** The paths of a state whose listings are answered with these pages, one after the other, and the last one again. */
async function pathsFrom(...pages: readonly string[]): Promise<string[]> {
  let listings = 0;
  server = await startAnsweringServer(({ method }) => {
    if (method === 'PUT') return { status: 201 };
    return { body: pages[Math.min(listings++, pages.length - 1)] ?? '' };
  });
  const container = new ContainerClient(`${server.url}/state`, newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } }));
  return Array.fromAsync(createBlobState(container).list('runs/1/'));
}

describe('a listing of the app’s own records', () => {
  it.each([
    ['an empty body', ''],
    ['a page without NextMarker', page('')],
    ['a page that ends in the middle', page('').slice(0, 200)],
  ])('is not complete: %s', async (_, body) => {
    await expect(pathsFrom(body)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('is not complete') });
  });

  it('goes on once the page comes whole', async () => {
    expect(await pathsFrom(page('<NextMarker>x</NextMarker>'), '', page('<NextMarker />'))).toEqual(['runs/1/a', 'runs/1/a']);
  });
});
