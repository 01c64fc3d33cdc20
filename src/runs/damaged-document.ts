/** One of the app's own documents cannot be read any more: somebody else has written, cut or removed it. Another try cures nothing. */
export class DamagedDocumentError extends Error {
  override readonly name = 'DamagedDocumentError';

  constructor(path: string, what = 'is damaged') {
    super(`${path} ${what} in the state container. Restore it there; without it, start a new run.`);
  }
}

/** Reads a JSON object. Throws a {@link DamagedDocumentError}. */
export function parseDocument<T extends object>(text: string, path: string): T {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) throw new DamagedDocumentError(path);
  return value as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For `catch`: passes a damaged document on, and throws anything else. */
export function unlessDamaged(onDamaged?: (error: DamagedDocumentError) => void) {
  return (error: unknown): undefined => {
    if (!(error instanceof DamagedDocumentError)) throw error;
    onDamaged?.(error);
  };
}
