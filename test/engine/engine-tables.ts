import { createHmac } from 'node:crypto';
import type { Azurite } from '../../local/azurite.ts';

const HUB = 'KeylessBridge';

/** A row of one of the engine's tables: its keys, and what is kept in it, by column. */
export interface EngineRow {
  /** The instance. */
  readonly PartitionKey: string;
  readonly RowKey: string;
  /** The generation of the instance: each continue-as-new begins another. */
  readonly ExecutionId?: string;
  readonly [column: string]: unknown;
}

/** All that the engine has kept: events of histories, or the state of instances. */
export async function rowsOf(azurite: Azurite, table: 'History' | 'Instances'): Promise<EngineRow[]> {
  const rows: EngineRow[] = [];
  let next: Record<string, string> | undefined = {};
  while (next !== undefined) {
    const url = new URL(`${azurite.tableUrl}/${HUB}${table}()`);
    for (const [name, value] of Object.entries(next)) url.searchParams.set(name, value);
    const answer = await fetch(url, { headers: { accept: 'application/json;odata=nometadata', ...signature(azurite, url) } });
    if (!answer.ok) throw new Error(`Azurite did not list ${url}: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { readonly value: readonly EngineRow[] };
    rows.push(...page.value);
    next = continuationOf(answer.headers);
  }
  return rows;
}

/** The headers of a Shared Key Lite authorization. */
function signature({ account, key }: Azurite, { pathname }: URL): Record<string, string> {
  const date = new Date().toUTCString();
  const signed = createHmac('sha256', Buffer.from(key, 'base64')).update(`${date}\n/${account}${pathname}`).digest('base64');
  return { 'x-ms-date': date, 'x-ms-version': '2019-02-02', authorization: `SharedKeyLite ${account}:${signed}` };
}

/** What to ask for the next page with; `undefined` after the last. */
function continuationOf(headers: Headers): Record<string, string> | undefined {
  const partition = headers.get('x-ms-continuation-nextpartitionkey');
  if (partition === null) return undefined;
  return { NextPartitionKey: partition, NextRowKey: headers.get('x-ms-continuation-nextrowkey') ?? '' };
}
