/** The names by which the engine knows our orchestrators and activities. Runs under way refer to them: never change one. */
export const RUN = 'run';
export const LANE = 'lane';
export const SYNC_SLICE = 'syncSlice';
export const FINISH_RUN = 'finishRun';
