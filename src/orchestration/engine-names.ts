/** The names by which the engine knows our orchestrators and activities. Runs under way refer to them: never change one. */
export const RUN = 'run';
export const LANE = 'lane';
export const LARGE_OBJECT = 'largeObject';
export const DELETIONS = 'deletions';
export const PLAN_RUN = 'planRun';
export const SYNC_SLICE = 'syncSlice';
export const NEXT_STEP = 'nextStep';
export const COPY_RANGE = 'copyRange';
export const COMMIT_LARGE_OBJECT = 'commitLargeObject';
export const DELETE_SLICE = 'deleteSlice';
export const STOP_ATTEMPT = 'stopAttempt';
export const FINISH_RUN = 'finishRun';
export const NOTIFY_RUN = 'notifyRun';
