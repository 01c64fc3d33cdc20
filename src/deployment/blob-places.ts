import { type AzureCloud, cloudOfBlobHost } from '../clouds/azure-clouds.ts';
import type { Job } from '../config/jobs/jobs.ts';
import { type BlobLocation, formatLocation, type Location, parseObjectLocation } from '../config/locations.ts';

/** Where a storage account is. */
export interface AccountPlace {
  readonly resourceGroup: string;
  readonly subscriptionId?: string;
}

/** A location, and what uses it, such as `the job "invoices"`. */
export interface UsedLocation {
  readonly by: string;
  readonly location: Location;
}

/** Every location that a job names. */
export function locationsOfJobs(jobs: readonly Job[]): readonly UsedLocation[] {
  return jobs.flatMap(({ name, source, destination, reportTo, options: { keys } }) => {
    const list = keys === undefined ? [] : [parseObjectLocation(keys).folder];
    return [source, destination, ...(reportTo === undefined ? [] : [reportTo]), ...list].map((location) => ({
      by: `the job "${name}"`,
      location,
    }));
  });
}

/** The storage accounts of the locations, by name, with the first that uses each. */
export function accountsOf(
  used: readonly UsedLocation[],
  cloud: AzureCloud,
): { readonly accounts: ReadonlyMap<string, string>; readonly problems: readonly string[] } {
  const places = used.flatMap(({ by, location }) => (isBlob(location) ? [{ by, location }] : []));
  return {
    accounts: new Map(places.toReversed().map(({ by, location }) => [accountNameOf(location), by])),
    problems: places.flatMap(({ by, location }) => findProblem(by, location, cloud)),
  };
}

/** The name of a storage account, also where its second region is meant. */
function accountNameOf({ accountUrl }: BlobLocation): string {
  const [name = ''] = new URL(accountUrl).hostname.split('.');
  return name.replace(/-secondary$/, '');
}

function findProblem(by: string, location: BlobLocation, cloud: AzureCloud): readonly string[] {
  const place = `${formatLocation(location)}, which ${by} names, is`;
  const actual = cloudOfBlobHost(new URL(location.accountUrl).hostname);
  if (actual === undefined) return [`${place} on this machine: an app in Azure cannot reach it.`];
  if (actual !== cloud) return [`${place} in ${actual.name}, but az is signed in to ${cloud.name}.`];
  return /^[a-z0-9]{3,24}$/.test(accountNameOf(location)) ? [] : [`${place} in no storage account: its name has 3 to 24 of a-z and 0-9.`];
}

function isBlob(location: Location): location is BlobLocation {
  return location.kind === 'blob';
}

const ACCOUNT = /^([a-z0-9]{3,24})=(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/)?([A-Za-z0-9_().-]{1,90})$/;

/** Reads `NAME=GROUP` and `NAME=SUBSCRIPTION/GROUP`. */
export function readAccountPlaces(texts: readonly string[]): {
  readonly places: Readonly<Record<string, AccountPlace>>;
  readonly problems: readonly string[];
} {
  const read = texts.map((text) => ({ text, match: ACCOUNT.exec(text) }));
  return {
    places: Object.fromEntries(
      read.flatMap(({ match }) => {
        const [, name, subscriptionId, resourceGroup] = match ?? [];
        if (name === undefined || resourceGroup === undefined) return [];
        return [[name, { resourceGroup, ...(subscriptionId && { subscriptionId }) }]];
      }),
    ),
    problems: read
      .filter(({ match }) => match === null)
      .map(({ text }) => `--account must be NAME=GROUP or NAME=SUBSCRIPTION_ID/GROUP, but is "${text}".`),
  };
}
