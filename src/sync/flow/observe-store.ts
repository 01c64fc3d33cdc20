import type { Store } from '../store/store.ts';

/** The same store, which calls `onAnswer` whenever the service has answered as it should, and for each piece of a body that no buffer holds. */
export function observeStore<S extends Store>(store: S, onAnswer: () => void): S {
  const observed =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const answer = await call(...args);
      onAnswer();
      return answer;
    };
  const { writeStreamed, beginUploadBeside } = store;
  return {
    ...store,
    list: (options) => observedPieces(store.list(options), onAnswer),
    head: observed(store.head),
    readTags: observed(store.readTags),
    read: observed(store.read),
    write: observed(store.write),
    ...(writeStreamed && { writeStreamed: observed((key, body, options) => writeStreamed(key, observedPieces(body, onAnswer), options)) }),
    delete: observed(store.delete),
    requestRestore: observed(store.requestRestore),
    beginUpload: observed(store.beginUpload),
    ...(beginUploadBeside && { beginUploadBeside: observed(beginUploadBeside) }),
    uploadPart: observed(store.uploadPart),
    uploadStreamedPart: observed((upload, number, body, options) =>
      store.uploadStreamedPart(upload, number, observedPieces(body, onAnswer), options),
    ),
    listParts: observed(store.listParts),
    commit: observed(store.commit),
  };
}

async function* observedPieces<T>(pieces: AsyncIterable<T>, onPiece: () => void): AsyncGenerator<T> {
  for await (const piece of pieces) {
    onPiece();
    yield piece;
  }
}
