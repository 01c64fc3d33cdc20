import { createShutdown } from '../../src/runs/attempt/shutdown.ts';

/** A process that nobody asks to end, in which nothing else waits. */
export const UNDISTURBED = { shutdown: createShutdown(), turns: { begin: () => () => false } };
