import { formatLocation, type Location } from '../../config/locations.ts';
import type { SyncOptions } from '../../config/options/sync-options.ts';
import type { Settings } from '../../config/settings.ts';

/** A configured location and what the bridge does there. */
export interface Place {
  /** For the name of the check: the location, and who uses it for what. */
  readonly name: string;
  readonly location: Location;
  readonly access: 'read' | 'write';
  /** The options of the job that each request there has. */
  readonly manner: Manner;
}

type Manner = Partial<Pick<SyncOptions, 'encryption' | 'acl' | 'requesterPays'>>;

interface AdHocLocations {
  readonly adHoc: Pick<Settings['adHoc'], 'sources' | 'destinations'>;
}

/** Each configured location once for reading and once for each manner of writing, in the order of the jobs; then those that only ad hoc runs may use. */
export function placesOf({ jobs, adHoc }: Pick<Settings, 'jobs'> & AdHocLocations): readonly Place[] {
  const ofJobs = jobs.flatMap(({ name, source, destination, reportTo, options: { encryption, acl, requesterPays } }) => [
    place(source, 'read', `source of ${name}`, { requesterPays }),
    place(destination, 'write', `destination of ${name}`, { encryption, acl, requesterPays }),
    ...(reportTo ? [place(reportTo, 'write', `reports of ${name}`, { requesterPays })] : []),
  ]);
  const known = new Set(ofJobs.map(({ location }) => formatLocation(location)));
  const others = [...adHoc.sources, ...adHoc.destinations].filter((location) => !known.has(formatLocation(location)));
  return withoutRepeats([...ofJobs, ...others.map((location) => place(location, 'read', 'allowed to ad hoc runs'))]);
}

function place(location: Location, access: Place['access'], use: string, manner: Manner = {}): Place {
  return { name: `${formatLocation(location)} (${use})`, location, access, manner };
}

function withoutRepeats(places: readonly Place[]): readonly Place[] {
  const byUse = Object.groupBy(places, ({ location, access, manner }) => `${access} ${formatLocation(location)} ${JSON.stringify(manner)}`);
  return Object.values(byUse).flatMap((same) => same?.[0] ?? []);
}
