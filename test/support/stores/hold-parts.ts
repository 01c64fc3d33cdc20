import type { FaultProxy, ProxiedRequest } from '../servers/fault-proxy.ts';

/** The parts of large objects on their way through a proxy. */
export interface HeldParts {
  /** What names each part that the service has taken: its number, or the id of its block. */
  readonly taken: readonly string[];
  /** Lets pass what is held, and all that comes. */
  release(): void;
}

/** Lets `count` requests with a part of the object `key` pass and holds the others, until they are released or their client has gone. */
export function holdParts(proxy: FaultProxy, key: string, count: number): HeldParts {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const taken: string[] = [];
  let passing = 0;
  proxy.setFaults((request) => (nameOfPart(request, key) !== undefined && ++passing > count ? released : undefined));
  proxy.observe((request, { status }) => {
    const name = nameOfPart(request, key);
    if (name !== undefined && status < 300) taken.push(name);
  });
  return { taken, release: () => release(undefined) };
}

function nameOfPart({ method, path }: Pick<ProxiedRequest, 'method' | 'path'>, key: string): string | undefined {
  return method === 'PUT' && path.includes(`/${key}?`) ? /[?&](?:partNumber|blockid)=([^&]+)/.exec(path)?.[1] : undefined;
}
