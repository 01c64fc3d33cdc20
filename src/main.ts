import { app } from '@azure/functions';
import { app as durable } from 'durable-functions';
import type { Bridge, BridgeOrProblems } from './app/bridge.ts';
import { createBridge } from './app/create-bridge.ts';
import { readActivitySlots } from './config/activity-slots.ts';
import { readConfigFile } from './config/config-file.ts';
import { readSettings } from './config/settings.ts';
import { diagnose } from './doctor/diagnose.ts';
import { finishRunActivity } from './functions/activities/finish-run-activity.ts';
import { notifyRunActivity } from './functions/activities/notify-run-activity.ts';
import { escapeLogLines } from './functions/hooks/escape-log-lines.ts';
import { handWorkBack } from './functions/hooks/hand-work-back.ts';
import { cancelRunFunction } from './functions/routes/cancel-run.ts';
import { doctorFunction } from './functions/routes/get-doctor.ts';
import { healthFunction } from './functions/routes/get-health.ts';
import { getReportFunction } from './functions/routes/get-report.ts';
import { getRunFunction } from './functions/routes/get-run.ts';
import { schemaFunction } from './functions/routes/get-schema.ts';
import { listJobsFunction } from './functions/routes/list-jobs.ts';
import { listRunsFunction } from './functions/routes/list-runs.ts';
import { syncFunction } from './functions/routes/post-sync.ts';
import { verifyFunction } from './functions/routes/post-verify.ts';
import { runJobFunction } from './functions/routes/run-job.ts';
import { cleanUpFunction } from './functions/timers/clean-up-timer.ts';
import { resumeRunsFunction } from './functions/timers/resume-runs-timer.ts';
import { scheduledRunFunction } from './functions/timers/scheduled-run.ts';
import { deletions } from './orchestration/deletion-orchestrator.ts';
import {
  COMMIT_LARGE_OBJECT,
  COPY_RANGE,
  DELETE_SLICE,
  DELETIONS,
  FINISH_RUN,
  LANE,
  LARGE_OBJECT,
  NEXT_STEP,
  NOTIFY_RUN,
  PLAN_RUN,
  RUN,
  STOP_ATTEMPT,
  SYNC_SLICE,
} from './orchestration/engine-names.ts';
import { lane } from './orchestration/lane-orchestrator.ts';
import { largeObject } from './orchestration/large-object-orchestrator.ts';
import { run } from './orchestration/run-orchestrator.ts';
import { escapeUnseen } from './text/unseen-characters.ts';

/** Beside host.json, which is where the host starts the app. */
const JOBS_FILE = 'jobs.json';
const HOST_FILE = 'host.json';

const source = configure();
escapeLogLines();
registerHttp(source);
if (source.bridge === undefined) {
  // The Functions host logs a line of stderr as an error only when it has a word such as "error" in it.
  for (const problem of source.problems) console.error(escapeUnseen(`Setting error: ${problem}`));
} else {
  logJobs(source.bridge);
  registerTimers(source.bridge);
  registerOrchestrations(source.bridge);
  handWorkBack(source.bridge.shutdown);
}

function configure(): BridgeOrProblems {
  const { value, problems } = readSettings(process.env, readConfigFile(JOBS_FILE));
  return value === undefined
    ? { problems }
    : { bridge: createBridge(value, { activitySlots: readActivitySlots(process.env, readConfigFile(HOST_FILE)) }) };
}

function logJobs({ settings }: Bridge): void {
  for (const { label, problems } of settings.refusedJobs)
    for (const problem of problems) console.error(escapeUnseen(`Error: ${label} is refused: ${problem}`));
  for (const { message } of settings.jobWarnings) console.warn(escapeUnseen(`Jobs: ${message}`));
}

function registerHttp(bridge: BridgeOrProblems): void {
  app.http('health', healthFunction(bridge));
  app.http('schema', schemaFunction());
  app.http(
    'doctor',
    doctorFunction(() => diagnose({ environment: process.env, jobsFile: readConfigFile(JOBS_FILE), hostFile: readConfigFile(HOST_FILE) })),
  );
  app.http('sync', syncFunction(bridge));
  app.http('verify', verifyFunction(bridge));
  app.http('listJobs', listJobsFunction(bridge));
  app.http('runJob', runJobFunction(bridge));
  app.http('listRuns', listRunsFunction(bridge));
  app.http('getRun', getRunFunction(bridge));
  app.http('getReport', getReportFunction(bridge));
  app.http('cancelRun', cancelRunFunction(bridge));
}

function registerTimers(bridge: Bridge): void {
  app.timer('resumeRuns', resumeRunsFunction(bridge));
  app.timer('cleanUp', cleanUpFunction(bridge));
  for (const job of bridge.settings.jobs) {
    if (job.schedule !== undefined && job.enabled !== false) app.timer(`job-${job.name}`, scheduledRunFunction(bridge, job, job.schedule));
  }
}

function registerOrchestrations(bridge: Bridge): void {
  durable.orchestration(RUN, run);
  durable.orchestration(LANE, lane);
  durable.orchestration(LARGE_OBJECT, largeObject);
  durable.orchestration(DELETIONS, deletions);
  const { planRun, syncSlice, nextStep, copyRange, commitLargeObject, deleteSlice, stopAttempt } = bridge.activities;
  durable.activity(PLAN_RUN, { handler: planRun });
  durable.activity(SYNC_SLICE, { handler: syncSlice });
  durable.activity(NEXT_STEP, { handler: nextStep });
  durable.activity(COPY_RANGE, { handler: copyRange });
  durable.activity(COMMIT_LARGE_OBJECT, { handler: commitLargeObject });
  durable.activity(DELETE_SLICE, { handler: deleteSlice });
  durable.activity(STOP_ATTEMPT, { handler: stopAttempt });
  durable.activity(FINISH_RUN, finishRunActivity(bridge));
  durable.activity(NOTIFY_RUN, notifyRunActivity(bridge));
}
