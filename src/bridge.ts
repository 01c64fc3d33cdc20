import type { RunEnd } from './runs/finish-run.ts';
import type { RunRecord } from './runs/record.ts';
import type { ReportFormat, ReportPage } from './runs/report.ts';
import type { SliceResult, SliceTask } from './runs/run-slice.ts';
import type { RunView } from './runs/run-view.ts';
import type { Runs } from './runs/runs.ts';
import type { Settings } from './settings.ts';

/** All that the triggers can call, built once when the app starts. */
export interface Bridge {
  readonly settings: Settings;
  readonly runs: Runs;
  view(record: RunRecord, baseUrl: string): Promise<RunView>;
  report(runId: string, format: ReportFormat, offset: number): Promise<ReportPage | undefined>;
  runSlice(task: SliceTask): Promise<SliceResult>;
  finishRun(runId: string, end: RunEnd): Promise<RunRecord | undefined>;
}

/** The bridge, or what is wrong with the settings. An app that is set up wrongly still has its functions, which say so. */
export type BridgeOrProblems =
  | { readonly bridge: Bridge; readonly problems?: undefined }
  | { readonly bridge?: undefined; readonly problems: readonly string[] };
