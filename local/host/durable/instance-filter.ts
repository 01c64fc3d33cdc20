import type { Backend } from './backend.ts';
import type { Instance } from './stale-events.ts';
import { runtimeStatus } from './status.ts';

/** The instances that a query of the extension's API selects: by `runtimeStatus`, `createdTimeFrom`, `createdTimeTo`, `instanceIdPrefix`. */
export function selectInstances(backend: Backend, query: Readonly<Record<string, string>>): Instance[] {
  const statuses = query['runtimeStatus']?.split(',');
  const from = new Date(query['createdTimeFrom'] ?? 0);
  const to = query['createdTimeTo'] === undefined ? undefined : new Date(query['createdTimeTo']);
  const prefix = query['instanceIdPrefix'] ?? '';
  return backend
    .ids()
    .filter((id) => id.startsWith(prefix))
    .map((id) => backend.getInstance(id))
    .filter((instance) => instance !== undefined)
    .filter((instance) => statuses === undefined || statuses.includes(runtimeStatus(instance)))
    .filter(({ createdAt }) => createdAt >= from && (to === undefined || createdAt <= to));
}
