import { app } from '@azure/functions';
import { app as durable } from 'durable-functions';
import { readActivitySlots } from './activity-slots.ts';
import type { Bridge, BridgeOrProblems } from './bridge.ts';
import { readConfigFile } from './config-file.ts';
import { createBridge } from './create-bridge.ts';
import { diagnose } from './doctor/diagnose.ts';
import { cancelRunFunction } from './functions/cancel-run.ts';
import { cleanUpFunction } from './functions/clean-up.ts';
import { doctorFunction } from './functions/doctor.ts';
import { escapeLogLines } from './functions/escape-log-lines.ts';
import { finishRunActivity } from './functions/finish-run.ts';
import { getReportFunction } from './functions/get-report.ts';
import { getRunFunction } from './functions/get-run.ts';
import { handWorkBack } from './functions/hand-work-back.ts';
import { healthFunction } from './functions/health.ts';
import { listJobsFunction } from './functions/list-jobs.ts';
import { listRunsFunction } from './functions/list-runs.ts';
import { notifyRunActivity } from './functions/notify-run.ts';
import { resumeRunsFunction } from './functions/resume-runs.ts';
import { runJobFunction } from './functions/run-job.ts';
import { scheduledRunFunction } from './functions/scheduled-run.ts';
import { schemaFunction } from './functions/schema.ts';
import { syncFunction } from './functions/sync.ts';
import { verifyFunction } from './functions/verify.ts';
import { deletions } from './orchestration/deletions.ts';
import { lane } from './orchestration/lane.ts';
import { largeObject } from './orchestration/large-object.ts';
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
} from './orchestration/names.ts';
import { run } from './orchestration/run.ts';
import { readSettings } from './settings.ts';
import { escapeUnseen } from './unseen-characters.ts';

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
