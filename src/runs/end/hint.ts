import { parseLocation } from '../../config/locations.ts';
import { lackingIn } from '../../sync/delete/uncopied.ts';
import type { Counts } from '../../sync/outcomes/tally.ts';
import type { RunRecord } from '../record.ts';
import type { SkipCounts } from '../report/summary.ts';

type Asked = Pick<RunRecord, 'source' | 'options' | 'keyList'>;

/** A hint for people about a run that did everything it was told to, but perhaps not what was meant; `undefined` when there is none. */
export function hintOf(run: Asked, counts: Counts, skipped: SkipCounts): string | undefined {
  return hintOnList(run) ?? hintOnLocation(run, counts) ?? hintOnLacks(skipped);
}

function hintOnList({ options: { keys }, keyList }: Asked): string | undefined {
  if (keys === undefined || keyList?.keys !== 0) return undefined;
  return `The list of keys ${keys} is empty: nothing was compared, and nothing was copied. If it should have keys, look at what writes it.`;
}

/** A location is a folder: one that names an object has nothing in it, and looks like an empty one. */
function hintOnLocation({ source, options }: Asked, { listed, filtered }: Counts): string | undefined {
  const { prefix } = parseLocation(source);
  if (listed + filtered > 0 || prefix === '' || options.keys !== undefined) return undefined;
  const name = prefix.slice(0, -1).split('/').at(-1);
  const advice = `If ${JSON.stringify(name)} is an object, name the folder that it is in, and the object by the option include.`;
  return `Nothing is below ${source}, which was listed as a folder. ${advice}`;
}

/** Skipped objects are no failures, but have no copy either. */
function hintOnLacks(skipped: SkipCounts): string | undefined {
  const lacking = lackingIn(skipped);
  return lacking === undefined ? undefined : `${lacking}. The report names what has no current copy.`;
}
