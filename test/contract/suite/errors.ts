import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { failureOf, keysOf, NO_PROPERTIES, piecesOf, readText, someBytes, write } from './objects.ts';
import type { Behaviour, ContractStore } from './store-contract.ts';

const UPLOAD = { id: '0'.repeat(32), key: 'a', sizeBytes: 1, properties: NO_PROPERTIES };

/** One call of each kind that makes a request. */
const calls = (store: ContractStore): Promise<unknown>[] => [
  keysOf(store),
  store.head('a'),
  readText(store, 'a'),
  store.readTags('a'),
  write(store, 'a', 'x'),
  store.delete('a'),
  store.uploadPart(UPLOAD, 1, someBytes(1), { crc64: crc64(someBytes(1)) }),
  store.uploadStreamedPart(UPLOAD, 1, piecesOf(someBytes(1)), { sizeBytes: 1 }),
  store.writeStream('a', piecesOf(someBytes(1)), { contentType: 'text/plain' }),
];

export function errorsContract(behaviour: Behaviour): void {
  behaviour('says for every call that the whole bucket or container is missing', async (location) => {
    const failures = await Promise.all(calls(location.openMissing()).map(failureOf));

    expect(failures.map(({ code, isWholeStore }) => ({ code, isWholeStore }))).toEqual(
      failures.map(() => ({ code: 'not-found', isWholeStore: true })),
    );
  });

  behaviour('says permission-denied for what is not allowed, and what to allow', async (location) => {
    await write(location.open(), 'a', 'secret');
    const store = location.openDenied();

    const failures = await Promise.all([store.head('a'), readText(store, 'a'), write(store, 'a', 'x'), store.delete('a')].map(failureOf));

    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'permission-denied'));
    for (const { message } of failures)
      expect(message).toMatch(/s3:(GetObject|PutObject|DeleteObject)|Storage Blob Data (Reader|Contributor)/);
    expect(await readText(location.open(), 'a')).toBe('secret');
  });

  behaviour('does not take an object whose head is refused for an absent one', async (location) => {
    await write(location.open(), 'a', 'secret');

    const failure = await failureOf(location.openDenied().head('a'));

    expect(failure.code).toBe('permission-denied');
  });

  behaviour('says unavailable when the server does not answer', async (location) => {
    const failures = await Promise.all(calls(location.openUnreachable()).map(failureOf));

    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'unavailable'));
  });

  behaviour('names the object, keeps the cause, and shows no query string', async (location) => {
    const key = 'dir/some object';
    const store = location.openMissing();
    const denied = location.openDenied();
    await write(location.open(), 'dir/some object', 'x');

    const failures = await Promise.all([readText(store, key), readText(denied, key), write(denied, key, 'x')].map(failureOf));

    for (const { message, cause } of failures) {
      expect(decodeURIComponent(message)).toContain(key);
      expect(message).not.toMatch(/\?\w+=|sig=|X-Amz|Signature/i);
      expect(cause).toBeInstanceOf(Error);
    }
  });
}
