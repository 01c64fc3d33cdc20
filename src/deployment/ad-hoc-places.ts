import { LocationError, parseLocation } from '../config/locations.ts';
import type { UsedLocation } from './blob-places.ts';
import type { GivenOptions } from './options.ts';
import type { Need } from './role-access.ts';

/** Locations of ad hoc runs besides those of the jobs. */
export interface AdHocPlaces {
  /** As they were given. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly used: readonly UsedLocation[];
  /** In S3: reading the sources, writing the destinations. */
  readonly needs: readonly Need[];
  readonly problems: readonly string[];
}

/** Reads --ad-hoc-source and --ad-hoc-destination. */
export function readAdHocPlaces(given: GivenOptions): AdHocPlaces {
  const sources = given.all('ad-hoc-source');
  const destinations = given.all('ad-hoc-destination');
  const read = [
    ...sources.map((text) => readPlace(text, '--ad-hoc-source', 'read' as const)),
    ...destinations.map((text) => readPlace(text, '--ad-hoc-destination', 'write' as const)),
  ];
  const places = read.flatMap((one) => (typeof one === 'string' ? [] : [one]));
  return {
    sources,
    destinations,
    used: places.map(({ by, location }) => ({ by, location })),
    needs: places.flatMap(({ by, location, access }) =>
      location.kind === 's3' ? [{ by, grant: { bucket: location.bucket, prefix: location.prefix, access } }] : [],
    ),
    problems: read.filter((one) => typeof one === 'string'),
  };
}

/** The settings of the app separate locations by spaces and commas. */
function readPlace(text: string, by: string, access: 'read' | 'write') {
  if (/[\s,]/.test(text)) return `${by} must be one location without spaces and commas, but is "${text}". It may be repeated.`;
  try {
    return { by, access, location: parseLocation(text) };
  } catch (error) {
    if (error instanceof LocationError) return `${by}: ${error.message}`;
    throw error;
  }
}
