import type { ObjectRead } from '../store/objects.ts';
import type { CallOptions, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { Limits } from './limits.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

interface Ends {
  readonly source: Store;
  readonly destination: Store;
}

/** The same stores, which wait before they ask, and read no faster than the limits say. What the SDKs retry is not counted. */
export function limitStores({ source, destination }: Ends, { requestsPerSecond, bytesPerSecond }: Limits): Ends {
  const requests = requestsPerSecond === undefined ? undefined : createRateLimit({ perSecond: requestsPerSecond });
  const bytes = bytesPerSecond === undefined ? undefined : createRateLimit({ perSecond: bytesPerSecond });
  const paced = bytes === undefined ? source : withPacedReads(source, bytes);
  return requests === undefined
    ? { source: paced, destination }
    : { source: withCountedCalls(paced, requests), destination: withCountedCalls(destination, requests) };
}

function withPacedReads(store: Store, limit: RateLimit): Store {
  return {
    ...store,
    async read(key, options): Promise<ObjectRead> {
      const read = await store.read(key, options);
      return { ...read, body: paced(read.body, limit, options?.signal) };
    },
  };
}

async function* paced(body: AsyncIterable<Uint8Array>, limit: RateLimit, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    await orAborted(limit.take(bytes.length, signal), signal);
    yield bytes;
  }
}

function withCountedCalls(store: Store, limit: RateLimit): Store {
  const counted =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const signal = signalIn(args);
      await orAborted(limit.take(1, signal), signal);
      return call(...args);
    };
  return {
    ...store,
    list: (options) => countedPages(store.list(options), limit, options?.signal),
    head: counted(store.head),
    readTags: counted(store.readTags),
    read: counted(store.read),
    write: counted(store.write),
    ...(store.writeStreamed && { writeStreamed: counted(store.writeStreamed) }),
    delete: counted(store.delete),
    requestRestore: counted(store.requestRestore),
    beginUpload: counted(store.beginUpload),
    ...(store.beginUploadBeside && { beginUploadBeside: counted(store.beginUploadBeside) }),
    uploadPart: counted(store.uploadPart),
    uploadStreamedPart: counted(store.uploadStreamedPart),
    listParts: counted(store.listParts),
    commit: counted(store.commit),
  };
}

async function* countedPages<T>(pages: AsyncIterable<T>, limit: RateLimit, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      await orAborted(limit.take(1, signal), signal);
      const page = await iterator.next();
      if (page.done === true) return;
      yield page.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** As the stores tell that they were stopped. */
async function orAborted(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  await waiting.catch((error: unknown) => {
    throw signal?.aborted ? new StoreError('aborted', 'Stopped while it waited for its share of the limits.', { cause: error }) : error;
  });
}

function signalIn(args: readonly unknown[]): AbortSignal | undefined {
  const options = args.at(-1);
  return isCallOptions(options) ? options.signal : undefined;
}

function isCallOptions(value: unknown): value is CallOptions {
  return typeof value === 'object' && value !== null && 'signal' in value;
}
