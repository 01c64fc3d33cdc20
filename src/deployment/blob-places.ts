import { type AzureCloud, cloudOfBlobHost } from '../clouds/azure-clouds.ts';
import type { Job } from '../jobs.ts';
import { type BlobLocation, formatLocation, type Location, parseObjectLocation } from '../locations.ts';

/** Where a storage account is. */
export interface AccountPlace {
  readonly resourceGroup: string;
  readonly subscriptionId?: string;
}

/** The storage accounts of the jobs, by name, with the first job that uses each. */
export function accountsOf(
  jobs: readonly Job[],
  cloud: AzureCloud,
): { readonly accounts: ReadonlyMap<string, string>; readonly problems: readonly string[] } {
  const places = jobs.flatMap((job) => blobLocationsOf(job).map((location) => ({ job: job.name, location })));
  return {
    accounts: new Map(places.toReversed().map(({ job, location }) => [accountNameOf(location), job])),
    problems: places.flatMap(({ job, location }) => findProblem(job, location, cloud)),
  };
}

/** The name of a storage account, also where its second region is meant. */
function accountNameOf({ accountUrl }: BlobLocation): string {
  const [name = ''] = new URL(accountUrl).hostname.split('.');
  return name.replace(/-secondary$/, '');
}

function findProblem(job: string, location: BlobLocation, cloud: AzureCloud): readonly string[] {
  const place = `The job "${job}" names ${formatLocation(location)}, which is`;
  const actual = cloudOfBlobHost(new URL(location.accountUrl).hostname);
  if (actual === undefined) return [`${place} on this machine: an app in Azure cannot reach it.`];
  if (actual !== cloud) return [`${place} in ${actual.name}, but az is signed in to ${cloud.name}.`];
  return /^[a-z0-9]{3,24}$/.test(accountNameOf(location)) ? [] : [`${place} in no storage account: its name has 3 to 24 of a-z and 0-9.`];
}

function blobLocationsOf({ source, destination, reportTo, options: { keys } }: Job): readonly BlobLocation[] {
  const list = keys === undefined ? undefined : parseObjectLocation(keys).folder;
  return [source, destination, reportTo, list].filter((location) => isBlob(location));
}

function isBlob(location: Location | undefined): location is BlobLocation {
  return location?.kind === 'blob';
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
