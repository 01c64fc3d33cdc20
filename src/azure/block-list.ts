import { type BlockBlobClient, RestError } from '@azure/storage-blob';
import { cutShort, notUnderstood } from '../sync/flow/follow-pages.ts';
import { createXmlScanner, type Tag, type XmlScanner } from './xml-scanner.ts';

/** A block that waits to be committed. */
interface ListedBlock {
  /** Its id, in base64. */
  readonly name: string;
  readonly size: number;
}

type CallOptions = NonNullable<Parameters<BlockBlobClient['getBlockList']>[1]>;

/**
 * The blocks of `blob` that wait. The SDK takes an answer without a body, or one that is something else, for an empty list: throws a
 * BrokenPageError for both.
 */
export async function uncommittedBlocks(blob: BlockBlobClient, options: CallOptions): Promise<readonly ListedBlock[]> {
  try {
    const { _response } = await blob.getBlockList('uncommitted', options);
    return readBlockList('bodyAsText' in _response && typeof _response.bodyAsText === 'string' ? _response.bodyAsText : '');
  } catch (error) {
    if (error instanceof RestError && error.code === RestError.PARSE_ERROR) throw cutShort('it is no whole XML document');
    throw error;
  }
}

export function readBlockList(document: string): readonly ListedBlock[] {
  if (document === '') throw cutShort('it is empty');
  const xml = createXmlScanner(document.replace(/^\ufeff/, ''));
  const root = xml.tag();
  if (root.name !== 'BlockList') throw notUnderstood('it is no list of blocks');
  const blocks: ListedBlock[] = [];
  for (const list of xml.children(root)) {
    if (list.name !== 'UncommittedBlocks') xml.skip(list);
    else for (const block of xml.children(list)) blocks.push(readBlock(xml, block));
  }
  xml.end();
  return blocks;
}

function readBlock(xml: XmlScanner, element: Tag): ListedBlock {
  let name = '';
  let size = '';
  for (const tag of xml.children(element)) {
    if (tag.name === 'Name') name = xml.text(tag);
    else if (tag.name === 'Size') size = xml.text(tag);
    else xml.skip(tag);
  }
  if (element.name !== 'Block' || name === '' || !/^\d{1,15}$/.test(size)) throw notUnderstood('it has a block without an id or a size');
  return { name, size: Number(size) };
}
