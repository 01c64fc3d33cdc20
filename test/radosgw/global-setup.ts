import type { TestProject } from 'vitest/node';
import { type RadosgwAccount, startRadosgw } from './server/radosgw.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that all test files share; each makes its own issuers, roles and buckets. */
    radosgw: RadosgwAccount;
  }
}

/** Starts the server before the first test file. Returns what ends it after the last one. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { account, stop } = await startRadosgw();
  provide('radosgw', account);
  return stop;
}
