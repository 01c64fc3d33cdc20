import type { Settings } from '../config/settings.ts';
import type { Shutdown } from '../runs/attempt/shutdown.ts';
import type { StopTask } from '../runs/attempt/stop-attempt.ts';
import type { FinishTask } from '../runs/end/finish-run.ts';
import type { Engine } from '../runs/engine.ts';
import type { LargeObjectStep, LargeObjectTask, RangeTask } from '../runs/large/large-object-task.ts';
import type { RunRecord } from '../runs/record.ts';
import type { ReportFormat, ReportPage } from '../runs/report/report.ts';
import type { Runs } from '../runs/runs.ts';
import type { DeletionTask } from '../runs/shards/delete-slice.ts';
import type { LaneTask, SliceResult } from '../runs/shards/lane-task.ts';
import type { PlanResult, PlanTask } from '../runs/shards/plan-run.ts';
import type { CleanUp } from '../runs/supervision/clean-up.ts';
import type { RunView } from '../runs/view/run-view.ts';

/** All that the triggers can call, built once when the app starts. */
export interface Bridge {
  readonly settings: Settings;
  readonly runs: Runs;
  readonly activities: Activities;
  /** Begun when the process is asked to end. */
  readonly shutdown: Shutdown;
  view(record: RunRecord, baseUrl: string): Promise<RunView>;
  report(record: RunRecord, format: ReportFormat, offset: number): Promise<ReportPage | undefined>;
  cleanUp(engine: Engine): Promise<CleanUp>;
}

/** The activities, which orchestrators call. */
export interface Activities {
  planRun(task: PlanTask): Promise<PlanResult>;
  syncSlice(task: LaneTask): Promise<SliceResult>;
  nextStep(task: LargeObjectTask): Promise<LargeObjectStep>;
  copyRange(task: RangeTask): Promise<LargeObjectStep>;
  commitLargeObject(task: LargeObjectTask): Promise<LargeObjectStep>;
  deleteSlice(task: DeletionTask): Promise<SliceResult>;
  stopAttempt(task: StopTask): Promise<void>;
  finishRun(task: FinishTask): Promise<RunRecord | undefined>;
  notifyRun(runId: string): Promise<RunRecord | undefined>;
}

/** The bridge, or what is wrong with the settings. An app that is set up wrongly still has its functions, which say so. */
export type BridgeOrProblems =
  | { readonly bridge: Bridge; readonly problems?: undefined }
  | { readonly bridge?: undefined; readonly problems: readonly string[] };
