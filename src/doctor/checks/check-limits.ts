import { z } from 'zod';
import { parseFile } from '../../config/config-file.ts';
import type { Settings } from '../../config/settings.ts';
import { OutsideTextError } from '../../text/outside-text.ts';
import { findingOf } from '../explain/known-failures.ts';
import { BrokenLink, type Finding } from '../finding.ts';
import type { Report } from '../walk.ts';

/** A slice ends some time after its deadline: with the objects that are under way, and its records. */
const SAFE_SHARE = 0.8;

/** As .NET writes a time span: days alone, or [days.]hours:minutes[:seconds[.fraction]]. "-1" is without an end. */
const TIME_SPAN = /^\s*(?:(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.\d+)?)?|(\d+)|-1)\s*$/;

const hostSchema = z.object({ functionTimeout: z.string().regex(TIME_SPAN).nullish() });

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
    BRIDGE_SESSION_SECONDS: `${aws.sessionSeconds}, renewed during a run`,
  });
  if (timeout === undefined) return;
  const finding = tooLong(sliceSeconds, timeout);
  if (sliceSeconds >= timeout) throw new BrokenLink([finding]);
  if (sliceSeconds > timeout * SAFE_SHARE) report.warn(finding);
}

/** `functionTimeout` of host.json in seconds; infinite for "-1". */
function readTimeout(hostFile: string | undefined): number | undefined {
  if (hostFile === undefined) return undefined;
  const { success, data } = hostSchema.safeParse(parseHostFile(hostFile));
  if (!success) throw new BrokenLink([findingOf('host-json-invalid', 'functionTimeout of host.json is no time span such as "00:10:00".')]);
  if (typeof data.functionTimeout !== 'string') return undefined;
  if (data.functionTimeout.trim() === '-1') return Number.POSITIVE_INFINITY;
  const [, days, hours = '0', minutes = '0', seconds = '0', onlyDays = '0'] = TIME_SPAN.exec(data.functionTimeout) ?? [];
  return ((Number(days ?? onlyDays) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

function parseHostFile(text: string): unknown {
  try {
    return parseFile(text, 'host.json');
  } catch (error) {
    throw error instanceof OutsideTextError ? new BrokenLink([findingOf('host-json-invalid', `${error.message}.`)]) : error;
  }
}

function tooLong(sliceSeconds: number, timeoutSeconds: number): Finding {
  return {
    id: 'slice-too-long',
    symptom: `BRIDGE_SLICE_SECONDS is ${sliceSeconds}, and functionTimeout of host.json is ${timeoutSeconds} s.`,
    cause: 'The host restarts the worker when a function takes longer than its timeout, so that slices would be cut off.',
    fix: `Set BRIDGE_SLICE_SECONDS to ${Math.floor(timeoutSeconds * 0.5)} or less, or raise functionTimeout.`,
  };
}
