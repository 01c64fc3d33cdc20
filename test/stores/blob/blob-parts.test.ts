import tls from 'node:tls';
import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { createCertificateAuthority, createServerCertificate } from '../../../local/entra/certificates.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { blockId, newUploadId, partsAmong, streamedBlockId } from '../../../src/stores/blob/upload/block-ids.ts';
import { startRefusingServer } from '../../contract/servers/refusing-server.ts';
import { failureOf, NO_PROPERTIES, piecesOf, someBytes } from '../../contract/suite/objects.ts';

const ID = '0123456789abcdef'.repeat(2);
const block = (size: number, name: string) => ({ name, size });

describe('the id of a block', () => {
  it('has the same length whatever the part, and is short enough for Azure', () => {
    const ids = [streamedBlockId(newUploadId(), 1), blockId(newUploadId(), 50_000, 0n), blockId(newUploadId(), 7, 2n ** 64n - 1n)];

    const lengths = ids.map((id) => Buffer.from(id, 'base64').length);

    expect(new Set(lengths)).toEqual(new Set([53]));
  });

  it('is the same for the same bytes, and another for others', () => {
    expect(blockId(ID, 1, 5n)).toBe(blockId(ID, 1, 5n));
    expect(new Set([blockId(ID, 1, 5n), blockId(ID, 1, 6n), blockId(ID, 2, 5n)]).size).toBe(3);
  });
});

describe('the id of a streamed block', () => {
  it('is never the same, so that no worker replaces what another has compared', () => {
    expect(new Set([1, 2, 3].map(() => streamedBlockId(ID, 1))).size).toBe(3);
  });
});

describe('the parts among the blocks of a blob', () => {
  const STREAMED = streamedBlockId(ID, 1);

  it('have the checksum that their ids carry, and none when they were streamed', () => {
    const streamed = streamedBlockId(ID, 2);

    const parts = partsAmong([block(3, streamed), block(4, blockId(ID, 1, 0xabcn))], ID);

    expect(parts).toEqual([
      { number: 1, sizeBytes: 4, etag: blockId(ID, 1, 0xabcn), crc64: 0xabcn },
      { number: 2, sizeBytes: 3, etag: streamed },
    ]);
  });

  it.each([
    ['before', [block(1, STREAMED), block(2, blockId(ID, 1, 9n))]],
    ['after', [block(2, blockId(ID, 1, 9n)), block(1, STREAMED)]],
  ])('are each listed once, with a checksum rather than without (streamed %s)', (_, blocks) => {
    expect(partsAmong(blocks, ID)).toEqual([{ number: 1, sizeBytes: 2, etag: blockId(ID, 1, 9n), crc64: 9n }]);
  });

  it('are not the blocks of other uploads, and of other tools', () => {
    const foreign = [
      blockId(newUploadId(), 1, 9n),
      Buffer.from(`${ID}1`).toString('base64'),
      Buffer.from('block-000001').toString('base64'),
    ];

    expect(
      partsAmong(
        foreign.map((name) => block(1, name)),
        ID,
      ),
    ).toEqual([]);
  });
});

describe('a streamed part whose token is refused', () => {
  it('is not sent again with a new token', async () => {
    const authority = await createCertificateAuthority();
    const trusted = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...trusted, authority.certificate]);
    const challenge =
      'Bearer authorization_uri=https://login.example/9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11/oauth2/authorize resource_id=https://storage.azure.com';
    const server = await startRefusingServer(
      (response) => void response.writeHead(401, { 'www-authenticate': challenge }).end(),
      await createServerCertificate(authority),
    );
    const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const store = createBlobStore({ container: new ContainerClient(`${server.url}/account/container`, credential), prefix: '' });
    const upload = { id: ID, key: 'a', sizeBytes: 9, properties: NO_PROPERTIES };

    const failure = await failureOf(store.uploadStreamedPart(upload, 1, piecesOf(someBytes(9)), { sizeBytes: 9 }));
    const requests = server.count();
    await server.stop();
    tls.setDefaultCACertificates(trusted);

    expect([failure.code, requests]).toEqual(['unavailable', 1]);
    expect(failure.message).toContain('would have to be sent again');
  });
});
