import { findingOf } from '../explain/known-failures.ts';
import { BrokenLink } from '../finding.ts';
import type { Report } from '../walk.ts';

/** Entra ID allows clocks to differ by this much; AWS and Azure Storage by a little more. */
const MAX_SKEW_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;

/** Compares our clock with the Date header of the services at `urls`. One that cannot be reached is left to the check that needs it. */
export async function checkClock(urls: readonly string[], clock: () => number, report: Report): Promise<void> {
  const skews = (await Promise.all(urls.map((url) => skewOf(url, clock)))).filter((skew) => skew !== undefined);
  if (skews.length === 0) return report.skip('No service could be reached to ask for the time.');
  const largest = skews.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const words = `${Math.round(Math.abs(largest) / 1_000)} s ${largest < 0 ? 'behind' : 'ahead of'} the services`;
  report.note({ clock: words });
  if (Math.abs(largest) <= MAX_SKEW_MS) return;
  throw new BrokenLink([findingOf('clock-wrong', `The clock of this machine is ${words}.`)]);
}

async function skewOf(url: string, clock: () => number): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const skew = clock() - Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(skew) ? undefined : skew;
  } catch {
    return undefined;
  }
}
