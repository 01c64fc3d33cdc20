import { type Contender, isWriting } from './conflict.ts';
import type { Meetings } from './meeting.ts';
import { isReverseOf, placeOf } from './overlap.ts';

/** Jobs of which each copies on what the one before has copied, and the last one to where the first one reads. */
export interface Circle {
  readonly jobs: readonly Contender[];
  /** In the first one's bucket or container: what begins with it is copied by all of them. */
  readonly startPrefix: string;
}

/** More links between jobs than a sensible set of jobs has; with more of them, not every circle is found. */
const MAX_LINKS = 100_000;
const MAX_CIRCLES = 1_000;

/** One job may serve a circle twice, by two of its folders. */
const MAX_VISITS = 2;

interface Chain extends Circle {
  /** Where the keys have come to: in the last job's destination. */
  readonly prefix: string;
}

/** All circles, and whether these are all that there are. */
interface Circles {
  readonly circles: readonly Circle[];
  readonly areComplete: boolean;
}

/**
 * Jobs that copy in a circle, from one of `starts`, such as from `data` to S3 and on to `data/back`. Two that are each other's reverse make none: what they copy
 * back has its own key.
 */
export function findCircles(contenders: readonly Contender[], meetings: Meetings, starts: readonly Contender[]): Circles {
  const jobs = contenders.filter(mayRun);
  const readers = Map.groupBy(jobs, ({ source }) => placeOf(source));
  const circles: Circle[] = [];
  let links = 0;
  const isTooMuch = () => links > MAX_LINKS || circles.length > MAX_CIRCLES;

  function readersOf(last: Contender): readonly Contender[] {
    const candidates = readers.get(placeOf(last.destination)) ?? [];
    links += candidates.length;
    return isTooMuch() ? [] : candidates.filter((next) => !isReverseOf(last, next));
  }

  function follow(first: Contender, chain: Chain): readonly Chain[] {
    return readersOf(chain.jobs.at(-1) ?? first).flatMap((next) => {
      const arrived = arriving(chain, next, meetings);
      if (arrived === undefined) return [];
      if (next === first) circles.push(arrived);
      return chain.jobs.filter((job) => job === next).length < MAX_VISITS ? [leaving(arrived, next)] : [];
    });
  }

  for (const first of starts.filter(mayRun)) {
    const open: Chain[] = [{ jobs: [first], startPrefix: first.source.prefix, prefix: first.destination.prefix }];
    for (let chain = open.pop(); chain !== undefined; chain = open.pop()) open.push(...follow(first, chain));
  }
  return { circles, areComplete: !isTooMuch() };
}

/** Only jobs that run carry anything round. */
function mayRun(contender: Contender): boolean {
  return isWriting(contender) && contender.isWrong !== true;
}

/** The chain of only those keys that `next` reads; `undefined` when there are none. */
function arriving(chain: Chain, next: Contender, meetings: Meetings): Chain | undefined {
  const { prefix } = next.source;
  const isInside = chain.prefix.startsWith(prefix);
  if (!isInside && !prefix.startsWith(chain.prefix)) return undefined;
  const arrived = isInside ? chain : { ...chain, prefix, startPrefix: chain.startPrefix + prefix.slice(chain.prefix.length) };
  return meetings.mayReach({ location: next.source, options: next.options }, arrived.prefix) ? arrived : undefined;
}

function leaving({ jobs, startPrefix, prefix }: Chain, next: Contender): Chain {
  return { jobs: [...jobs, next], startPrefix, prefix: next.destination.prefix + prefix.slice(next.source.prefix.length) };
}
