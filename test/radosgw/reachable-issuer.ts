import { randomUUID } from 'node:crypto';
import type { EntraStandInOptions } from '../../local/entra/server.ts';
import { anyFreePort } from '../../local/free-port.ts';

/** A tenant whose issuer is on loopback, since a real server of STS asks the issuer itself for its keys. */
export async function reachableIssuer(): Promise<EntraStandInOptions> {
  const tenantId = randomUUID();
  const port = await anyFreePort();
  return { tenantId, issuer: `https://127.0.0.1:${port}/${tenantId}/`, ports: { authority: port } };
}
