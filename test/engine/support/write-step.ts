import { BUCKET } from '../../../local/clouds.ts';
import type { ProxiedRequest } from '../../support/servers/fault-proxy.ts';
import { CONTAINER } from './places.ts';

/** What a request does to the destination of a run: it puts a whole object, puts a part of one, makes an object of its parts, or deletes one. */
export type WriteStep = 'object' | 'part' | 'commit' | 'delete';

/** By the requests of S3 and of Blob Storage; `undefined` for any other request. */
export function writeStepOf({ method, path }: ProxiedRequest): WriteStep | undefined {
  const { pathname, searchParams } = new URL(path, 'http://proxy');
  if (!pathname.startsWith(`/${BUCKET}/`) && !pathname.includes(`/${CONTAINER}/`)) return undefined;
  if (method === 'POST' && searchParams.has('uploadId')) return 'commit';
  // The other kind gives an upload up.
  if (method === 'DELETE' && !searchParams.has('uploadId')) return 'delete';
  if (method !== 'PUT') return undefined;
  if (searchParams.has('partNumber')) return 'part';
  const operation = searchParams.get('comp');
  if (operation === null) return 'object';
  return operation === 'block' ? 'part' : operation === 'blocklist' ? 'commit' : undefined;
}
