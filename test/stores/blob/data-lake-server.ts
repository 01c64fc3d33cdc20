import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { compareKeys } from '../../../src/sync/store/key-order.ts';

/** A slash comes before all else, so that what is in a directory follows it at once. */
const ORDERS = {
  'utf-16': (a: string, b: string) => compareUtf16(a.replaceAll('/', '\0'), b.replaceAll('/', '\0')),
  'utf-8': (a: string, b: string) => compareKeys(a.replaceAll('/', '\0'), b.replaceAll('/', '\0')),
  backwards: (a: string, b: string) => compareUtf16(b, a),
};

/** How this account differs from one with a hierarchical namespace as Microsoft documents it. */
export interface Traits {
  /** By what the names in a directory are ordered, which is not documented. UTF-16 unless given. */
  readonly order?: keyof typeof ORDERS;
  /** Whether listings tell files from directories, as they do in a hierarchical account only. */
  readonly resourceTypes?: 'shown' | 'hidden';
  readonly startFrom?: 'honoured' | 'refused with a delimiter' | 'ignored';
  /** Whether each listing begins with an empty page, as the service may. */
  readonly firstPage?: 'filled' | 'empty';
}

/** What a request asked for. */
type Query = Readonly<Record<string, string>>;

export interface DataLakeServer {
  /** A container with these files, and with empty directories for the keys that end with a slash. */
  container(keys: readonly string[], traits?: Traits): ContainerClient;
  /** The listing requests so far for a container. */
  requestsFor(container: ContainerClient): readonly Query[];
  stop(): Promise<void>;
}

interface Path {
  readonly name: string;
  readonly type: 'file' | 'directory';
}

interface Tree {
  readonly traits: Traits;
  /** In the order of the service. */
  readonly paths: readonly Path[];
  readonly requests: Query[];
}

/** List Blobs of an account with a hierarchical namespace, on loopback. */
export async function startDataLakeServer(): Promise<DataLakeServer> {
  const trees = new Map<string, Tree>();
  const server = createServer((request, response) => answer(trees, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const account = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;

  return {
    container(keys, traits = {}) {
      const name = `container-${trees.size}`;
      trees.set(name, { traits, paths: pathsOf(keys, traits), requests: [] });
      const pipeline = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 3, retryDelayInMs: 1 } });
      return new ContainerClient(`${account}/${name}`, pipeline);
    },
    requestsFor: ({ containerName }) => trees.get(containerName)?.requests ?? [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function pathsOf(keys: readonly string[], { order = 'utf-16' }: Traits): Path[] {
  const types = new Map<string, Path['type']>();
  for (const key of keys) {
    for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) types.set(key.slice(0, at), 'directory');
    if (!key.endsWith('/')) types.set(key, 'file');
  }
  const compare = ORDERS[order];
  return [...types].map(([name, type]) => ({ name, type })).sort((a, b) => compare(a.name, b.name));
}

function answer(trees: ReadonlyMap<string, Tree>, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://server');
  const tree = trees.get(pathname.split('/')[2] ?? '');
  const query = Object.fromEntries(searchParams);
  tree?.requests.push(query);
  const refusal = tree === undefined ? 404 : refusalOf(query, tree);
  response.statusCode = refusal ?? 200;
  response.setHeader('content-type', 'application/xml');
  response.end(tree === undefined || refusal !== undefined ? '' : pageOf(query, tree));
}

function refusalOf({ prefix = '', startFrom = '', delimiter }: Query, { paths, traits }: Tree): number | undefined {
  if (paths.some(({ name, type }) => type === 'file' && prefix.startsWith(`${name}/`))) return 409;
  const isStartRefused = traits.startFrom === 'refused with a delimiter' || startFrom.slice(prefix.length).includes('/');
  return delimiter && startFrom && isStartRefused ? 400 : undefined;
}

function pageOf({ prefix = '', startFrom = '', delimiter, marker, maxresults }: Query, { paths, traits }: Tree): string {
  const { order = 'utf-16', resourceTypes = 'shown' } = traits;
  const start = traits.startFrom === 'ignored' ? '' : startFrom;
  const isListed = ({ name }: Path) =>
    name.startsWith(prefix) &&
    (start === '' || ORDERS[order](name, start) >= 0) &&
    (delimiter === undefined || !name.slice(prefix.length).includes(delimiter));
  const listed = paths.filter(isListed);
  const from = Number(marker ?? 0);
  const to = marker === undefined && traits.firstPage === 'empty' ? 0 : from + Number(maxresults);
  const elements = listed.slice(from, to).map((path) => (delimiter && path.type === 'directory' ? prefixElement(path) : blobElement(path)));
  const blobs = resourceTypes === 'shown' ? elements.join('') : elements.join('').replaceAll(/<ResourceType>\w+<\/ResourceType>/g, '');
  const next = to < listed.length ? to : '';
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://server/" ContainerName="container"><Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
}

function prefixElement({ name }: Path): string {
  return `<BlobPrefix><Name>${name}/</Name><Properties><ResourceType>directory</ResourceType></Properties></BlobPrefix>`;
}

function blobElement({ name, type }: Path): string {
  const properties = `<Last-Modified>Wed, 01 Jul 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag><ResourceType>${type}</ResourceType><Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType>`;
  return `<Blob><Name>${name}</Name><Properties>${properties}</Properties><Metadata /></Blob>`;
}
