/** Limits for the stores of one activity. */
export interface Limits {
  /** Calls of either store; more than 0. */
  readonly requestsPerSecond?: number | undefined;
  /** Bytes read from the source; more than 0. */
  readonly bytesPerSecond?: number | undefined;
}
