import { expect } from 'vitest';
import { crc64 } from '../../src/sync/store/crc64.ts';
import { startAzuriteServer } from './servers/azurite-server.ts';
import { NO_PROPERTIES, readText, uploadPart, write } from './suite/objects.ts';
import { describeStoreContract } from './suite/store-contract.ts';

describeStoreContract({
  name: 'BlobStore on Azurite',
  start: startAzuriteServer,
  deviations: {
    'refuses a range that begins behind the end': {
      reason: 'Azurite gives no bytes instead of 416',
      async instead(location) {
        const store = location.open();
        await write(store, 'digits', '0123456789');

        const text = await readText(store, 'digits', { range: { startByte: 10, endByte: 20 } });

        expect(text).toBe('');
      },
    },
    'has no parts left, and cannot be committed, once it is aborted': {
      reason: 'Azure has no request that drops blocks, and keeps them for a week',
      async instead(location) {
        const store = location.open();
        const upload = await store.beginUpload({ key: 'a', sizeBytes: 4, properties: NO_PROPERTIES });
        const part = await uploadPart(store, upload, 1, Buffer.from('text'));

        await store.abort(upload);

        expect(await store.listParts(upload)).toEqual([part]);
        await store.commit(upload, [part], { crc64: crc64(Buffer.from('text')) });
        expect(await readText(store, 'a')).toBe('text');
      },
    },
  },
});
