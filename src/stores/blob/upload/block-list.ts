import { type BlockBlobClient, RestError } from '@azure/storage-blob';
import { cutShort, notUnderstood, wholePage } from '../../../sync/flow/follow-pages.ts';
import { abortable, type BlobRequests } from '../blob-requests.ts';
import { createXmlScanner, type Tag, type XmlScanner } from '../listing/xml-scanner.ts';

/** A block that waits to be committed. */
interface ListedBlock {
  /** Its id, in base64. */
  readonly name: string;
  readonly size: number;
}

/**
 * The blocks of the blob of `key` that wait. Throws StoreErrors only. The SDK takes an answer without a body, or one that is something else, for an
 * empty list: such an answer is asked for again, and is an error in the end.
 */
export async function uncommittedBlocks(
  { send, urlOf }: BlobRequests,
  key: string,
  signal: AbortSignal | undefined,
): Promise<readonly ListedBlock[]> {
  const request = () => send({ action: 'read', key, signal }, (blob) => requestBlocks(blob, abortable(signal)));
  const { entries } = await wholePage({
    url: urlOf(key),
    of: 'object',
    signal,
    request: async () => ({ entries: await request(), next: undefined }),
  });
  return entries;
}

async function requestBlocks(blob: BlockBlobClient, options: { readonly abortSignal?: AbortSignal }): Promise<readonly ListedBlock[]> {
  try {
    const { _response } = await blob.getBlockList('uncommitted', options);
    return readBlockList('bodyAsText' in _response && typeof _response.bodyAsText === 'string' ? _response.bodyAsText : '');
  } catch (error) {
    if (error instanceof RestError && error.code === RestError.PARSE_ERROR) throw cutShort('it is no whole XML document');
    throw error;
  }
}

function readBlockList(document: string): readonly ListedBlock[] {
  if (document === '') throw cutShort('it is empty');
  const xml = createXmlScanner(document.replace(/^\ufeff/, ''));
  const root = xml.tag();
  if (root.name !== 'BlockList') throw notUnderstood('it is no list of blocks');
  const blocks: ListedBlock[] = [];
  for (let list = xml.child(root); list !== undefined; list = xml.child(root)) {
    if (list.name !== 'UncommittedBlocks') xml.skip(list);
    else for (let block = xml.child(list); block !== undefined; block = xml.child(list)) blocks.push(readBlock(xml, block));
  }
  xml.end();
  return blocks;
}

function readBlock(xml: XmlScanner, element: Tag): ListedBlock {
  let name = '';
  let size = '';
  for (let tag = xml.child(element); tag !== undefined; tag = xml.child(element)) {
    if (tag.name === 'Name') name = xml.text(tag);
    else if (tag.name === 'Size') size = xml.text(tag);
    else xml.skip(tag);
  }
  if (element.name !== 'Block' || name === '' || !/^\d{1,15}$/.test(size)) throw notUnderstood('it has a block without an id or a size');
  return { name, size: Number(size) };
}
