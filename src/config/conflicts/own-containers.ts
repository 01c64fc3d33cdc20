import { formatLocation, type Location, parseObjectLocation } from '../locations.ts';
import { type Conflict, type Contender, refusal } from './conflict.ts';
import { canonicalAccount } from './overlap.ts';

/** The host's storage account, and where the app keeps its records there. */
export interface OwnStorage {
  readonly accountUrl: string;
  readonly stateContainer: string;
}

/** Containers of the Functions host, of deployments to it, and of Durable Functions' task hubs. */
const HOST_CONTAINERS =
  /^(?:azure-webjobs-.*|deployments|deploymentpackages?|app-package-.*|(?:function|scm)-releases|.*-(?:leases|applease|largemessages))$/;

/** A job in a container that the app itself lives by: it would copy its keys out, or write over its code and its records. */
export function ownContainerConflicts(contenders: readonly Contender[], { accountUrl, stateContainer }: OwnStorage): readonly Conflict[] {
  const account = canonicalAccount(accountUrl);
  const isOwn = (location: Location) =>
    location.kind === 'blob' &&
    canonicalAccount(location.accountUrl) === account &&
    (location.container === stateContainer || HOST_CONTAINERS.test(location.container));
  return contenders.flatMap((contender) =>
    usesOf(contender)
      .filter(({ location }) => isOwn(location))
      .map(({ use, location }) => {
        const what = `${use} of ${contender.label}, ${formatLocation(location)}, is in a container that the app itself or its host needs`;
        return refusal([contender], [contender], `The ${what}: it holds keys, code or records of runs. Use another container.`);
      }),
  );
}

function usesOf({ source, destination, reportTo, options }: Contender) {
  return [
    { use: 'source', location: source },
    { use: 'destination', location: destination },
    ...(reportTo ? [{ use: 'reportTo', location: reportTo }] : []),
    ...(options.keys === undefined ? [] : [{ use: 'list of keys', location: parseObjectLocation(options.keys).folder }]),
  ];
}
