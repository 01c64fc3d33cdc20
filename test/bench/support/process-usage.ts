import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** What a process has used so far, as Linux tells it. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** The most memory that it had resident since it began, or since {@link forgetPeak}. */
  readonly peakMebibytes: number;
}

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export function usageOf(pid: number): ProcessUsage {
  // The second field is the program's name in parentheses, and may hold spaces; user and system time are the 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const [, peakKibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND, peakMebibytes: Number(peakKibibytes) / 1_024 };
}

/** The peak begins anew from what the process has resident now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
