import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { failureOf, NO_PROPERTIES } from '../../contract/suite/objects.ts';
import { type AnsweringServer, startAnsweringServer } from '../../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

const UPLOAD = { id: '0'.repeat(32), key: 'a', sizeBytes: 1, properties: NO_PROPERTIES };

async function partsFrom(body: string) {
  server = await startAnsweringServer(() => ({ body }));
  const container = new ContainerClient(`${server.url}/c`, newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } }));
  return createBlobStore({ container, prefix: '' }).listParts(UPLOAD);
}

describe('a list of blocks', () => {
  it.each([
    ['an empty body', '', 'unavailable'],
    ['one that ends in the middle', '<?xml version="1.0"?><BlockList><UncommittedBlocks><Block><Name>YQ==', 'unavailable'],
    ['something else', '<html></html>', 'rejected'],
    [
      'a block without a size',
      '<BlockList><UncommittedBlocks><Block><Name>YQ==</Name></Block></UncommittedBlocks></BlockList>',
      'rejected',
    ],
  ])('fails that object alone: %s', async (_, body, code) => {
    expect(await failureOf(partsFrom(body))).toMatchObject({ code, isWholeStore: false });
  });

  it('may be empty', async () => {
    expect(await partsFrom('\ufeff<?xml version="1.0" encoding="utf-8"?><BlockList><UncommittedBlocks /></BlockList>')).toEqual([]);
  });
});
