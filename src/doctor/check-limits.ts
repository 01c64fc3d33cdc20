import { z } from 'zod';
import type { Settings } from '../settings.ts';
import { BrokenLink, type Finding } from './finding.ts';
import type { Report } from './walk.ts';

/** A slice ends some time after its deadline: with the objects that are under way, and its records. */
const SAFE_SHARE = 0.8;

const hostSchema = z.object({ functionTimeout: z.string().optional() });

/** Compares the time that a slice takes with the time after which the host ends it. */
export function checkLimits(
  { sliceSeconds, aws }: Pick<Settings, 'sliceSeconds' | 'aws'>,
  hostFile: string | undefined,
  report: Report,
): void {
  const timeout = readTimeout(hostFile);
  report.note({
    BRIDGE_SLICE_SECONDS: String(sliceSeconds),
    functionTimeout: timeout === undefined ? 'not set: the preset of the plan' : `${timeout} s`,
    BRIDGE_SESSION_SECONDS: `${aws.sessionSeconds}, renewed while a run goes on`,
  });
  if (timeout === undefined) return;
  const finding = tooLong(sliceSeconds, timeout);
  if (sliceSeconds >= timeout) throw new BrokenLink([finding]);
  if (sliceSeconds > timeout * SAFE_SHARE) report.warn(finding);
}

/** `functionTimeout` of host.json in seconds; infinite for "-1". */
function readTimeout(hostFile: string | undefined): number | undefined {
  if (hostFile === undefined) return undefined;
  const { functionTimeout } = hostSchema.parse(JSON.parse(hostFile));
  if (functionTimeout === undefined) return undefined;
  if (functionTimeout === '-1') return Number.POSITIVE_INFINITY;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(functionTimeout) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

function tooLong(sliceSeconds: number, timeoutSeconds: number): Finding {
  return {
    id: 'slice-too-long',
    symptom: `BRIDGE_SLICE_SECONDS is ${sliceSeconds}, and functionTimeout of host.json is ${timeoutSeconds} s.`,
    cause: 'The host restarts the worker when a function takes longer than its timeout, so that slices would be cut off.',
    fix: `Set BRIDGE_SLICE_SECONDS to ${Math.floor(timeoutSeconds * 0.5)} or less, or raise functionTimeout.`,
  };
}
