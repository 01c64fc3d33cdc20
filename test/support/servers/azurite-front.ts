import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { BlobServiceClient } from '@azure/storage-blob';

export interface AzuriteFront {
  /** Like Azurite's own, but through the front. */
  readonly connectionString: string;
  readonly blobUrl: string;
  stop(): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

const MAX_METADATA_BYTES = 8 * 1024;
const METADATA_PREFIX = 'x-ms-meta-';
/** What an archived blob refuses, as the documentation of its tier has it, and Azurite does not: the values of `comp` in a PUT. */
const REFUSED_BY_ARCHIVED = ['blocklist', 'metadata', 'properties', 'snapshot'];

/**
 * Stands before Azurite and refuses what Azure refuses and Azurite 3.37 does not. The table of what was measured is in
 * `test/contract/README.md`.
 */
export async function startAzuriteFront(azurite: { readonly connectionString: string; readonly blobUrl: string }): Promise<AzuriteFront> {
  const agent = new Agent({ keepAlive: true });
  const behind = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const { origin, pathname: accountPath } = new URL(azurite.blobUrl);

  async function refusalOf({ method, url = '/', headers }: IncomingMessage): Promise<Refusal | undefined> {
    if (method !== 'PUT') return undefined;
    const metadata = Object.entries(headers).filter(([name]) => name.startsWith(METADATA_PREFIX));
    const metadataBytes = metadata.reduce((sum, [name, value]) => sum + name.length - METADATA_PREFIX.length + String(value).length, 0);
    if (metadataBytes > MAX_METADATA_BYTES) return { status: 400, code: 'MetadataTooLarge' };
    const { pathname, searchParams } = new URL(url, origin);
    const [container = '', ...name] = pathname.slice(accountPath.length + 1).split('/');
    const isRefused = REFUSED_BY_ARCHIVED.includes(searchParams.get('comp') ?? '') && !searchParams.has('restype');
    if (isRefused && (await isArchived(container, name.map(decodeURIComponent).join('/')))) return { status: 409, code: 'BlobArchived' };
    return undefined;
  }

  async function isArchived(container: string, name: string): Promise<boolean> {
    const blob = behind.getContainerClient(container).getBlobClient(name);
    const properties = await blob.getProperties().catch(() => undefined);
    return properties?.accessTier === 'Archive';
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = await refusalOf(incoming);
    if (refusal === undefined) return await forward(incoming, response);
    incoming.resume();
    const { status, code } = refusal;
    response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Refused by the front of Azurite.</Message></Error>`,
    );
  }

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url, rawHeaders } = incoming;
    const outgoing = send(new URL(origin), { method, path: url ?? '/', headers: rawHeaders, agent });
    const answered = new Promise<void>((resolve, reject) => {
      outgoing.once('error', reject).once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        pipeline(answer, response).then(resolve, reject);
      });
    });
    await Promise.all([pipeline(incoming, outgoing), answered]);
  }

  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    connectionString: azurite.connectionString.replaceAll(origin, url),
    blobUrl: `${url}${accountPath}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}
