import type { RunFailure } from '../runs/record.ts';

/** What the engine puts before the message of a failed activity. */
const ENGINE_PREFIX = /^(?:Activity function '[^']*' failed: )?(?:Result: Failure\s+Exception: )?/;

/** What it puts behind it: details with a stack. */
const ENGINE_DETAILS = /\s\n.*$/s;

/** What broke, once the retries are used up. */
export function failureOf(error: unknown): RunFailure {
  const text = error instanceof Error ? error.message : String(error);
  return {
    code: 'unavailable',
    message: `${text.replace(ENGINE_PREFIX, '').replace(ENGINE_DETAILS, '').trim()} Tried again and again without success; start the run again when the cause is gone.`,
  };
}
