/** The folder of the journal. */
export const JOURNAL_SETTING = 'ENGINE_JOURNAL';

/** The file that is a trap when it exists. */
export const TRAP_SETTING = 'ENGINE_REPLAY_TRAP';

/** In each request that a worker sends: its process id. */
export const WORKER_HEADER = 'x-worker';
