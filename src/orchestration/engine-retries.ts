import { RetryOptions } from 'durable-functions';

/** The service or the network was not there, or the worker died: three more tries within about a minute. */
export function activityRetries(): RetryOptions {
  return doubling(4);
}

/** Retries for recording the end of a run, which must be recorded if at all possible. */
export function finishRetries(): RetryOptions {
  return doubling(5);
}

/** A receiver that is down may take its time to come back: seven more tries within about ten minutes. */
export function notifyRetries(): RetryOptions {
  return doubling(8);
}

/** An orchestration whose worker dies while it is replayed has failed for the engine; it goes on from its checkpoint. */
export function orchestrationRetries(): RetryOptions {
  return new RetryOptions(FIRST_MS, 3);
}

const FIRST_MS = 5_000;

function doubling(attempts: number): RetryOptions {
  const retries = new RetryOptions(FIRST_MS, attempts);
  retries.backoffCoefficient = 2;
  return retries;
}
