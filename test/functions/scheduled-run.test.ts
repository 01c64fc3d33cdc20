import type { Timer } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { logSkipped } from '../../src/functions/timers/scheduled-run.ts';

const STARTED = Date.parse('2026-12-01T02:00:00.400Z');
const RUN = `${STARTED}-0123abcd`;

/** What the timer of a job logs while its run is still under way, after the host last fired it at `last`. */
function logged(last: string | undefined): readonly string[] {
  const lines: string[] = [];
  const timer = { isPastDue: false, scheduleStatus: last === undefined ? undefined : { last } } as unknown as Timer;
  logSkipped('nightly', RUN, timer, {
    warn: (line: string) => void lines.push(`warning ${line}`),
    error: (line: string) => void lines.push(`error ${line}`),
  });
  return lines;
}

describe('the timer of a job whose run is still under way', () => {
  it.each([
    ['the occurrence that started it', '2026-12-01T02:00:00.013Z'],
    ['one that the host dates some moments later', '2026-12-01T02:00:01.000Z'],
    ['none', '0001-01-01T00:00:00+00:00'],
    ['one that the host does not keep', undefined],
  ])('warns when the occurrence before was %s', (_, last) => {
    expect(logged(last)).toEqual([`warning Job nightly: not started, since run ${RUN} is still under way.`]);
  });

  it('logs an error when the occurrence before was skipped, too', () => {
    expect(logged('2026-12-02T02:00:00.002+00:00')).toEqual([
      expect.stringContaining(
        `error Error: job nightly was not started, for the second time running, since run ${RUN} is still under way.`,
      ),
    ]);
  });
});
