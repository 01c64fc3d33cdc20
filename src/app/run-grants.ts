import { parseLocation, parseObjectLocation } from '../config/locations.ts';
import type { SyncOptions } from '../config/options/sync-options.ts';
import type { Grant } from '../federation/session-policy.ts';
import type { RunRecord } from '../runs/record.ts';

function restores({ archived }: SyncOptions): boolean {
  return archived !== undefined && archived !== 'skip';
}

/** Access of a run to S3. */
export function grantsOf({
  source,
  destination,
  reportTo,
  options,
}: Pick<RunRecord, 'source' | 'destination' | 'reportTo' | 'options'>): readonly Grant[] {
  const { tags = false, dryRun = false, verify = false, acl } = options;
  const writing = { access: 'write', mayDelete: options.delete !== undefined, maySetAcl: acl !== undefined } as const;
  const grants = [
    { location: source, access: 'read' as const, mayRestore: restores(options) && !dryRun && !verify, tags },
    { location: destination, ...(dryRun || verify ? { access: 'read' as const } : writing), tags },
    ...(reportTo === undefined ? [] : [{ location: reportTo, access: 'write' as const, tags: false }]),
  ];
  const own = grants.flatMap(({ location, ...grant }) => {
    const parsed = parseLocation(location);
    return parsed.kind === 's3' ? [{ bucket: parsed.bucket, prefix: parsed.prefix, ...grant }] : [];
  });
  return [...own, ...grantsOfKeyList(options)];
}

function grantsOfKeyList({ keys }: SyncOptions): readonly Grant[] {
  if (keys === undefined) return [];
  const { folder, key } = parseObjectLocation(keys);
  return folder.kind === 's3' ? [{ bucket: folder.bucket, prefix: folder.prefix + key, access: 'read' }] : [];
}
