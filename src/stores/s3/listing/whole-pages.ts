import { S3ServiceException } from '@aws-sdk/client-s3';
import { BrokenPageError, cutShort, notUnderstood } from '../../../sync/flow/follow-pages.ts';
import { MAX_PAGE_BYTES, PageTooLargeError } from './bound-pages.ts';

/** S3 never sends more than 1,000, and other servers hardly more. */
const MAX_ENTRIES = 10_000;

/** A page of S3, which always has whether more follows. */
interface Truncatable {
  readonly IsTruncated?: boolean | undefined;
}

/**
 * Where the next page begins, which is `marker`; `undefined` only where S3 says that this is the last one. The SDK takes an answer without
 * a body for an empty page, and one that does not say whether it is the last for the last. Throws a BrokenPageError for both.
 */
export function nextOf<M>({ IsTruncated }: Truncatable, marker: M | undefined): M | undefined {
  if (IsTruncated === undefined) throw cutShort('it lacks IsTruncated');
  if (!IsTruncated) return undefined;
  if (marker === undefined) throw cutShort('it says that more follows, and not where');
  return marker;
}

/** Waits for a page. One that is too large, or that the SDK cannot parse, is a broken page. */
export async function parsed<T>(page: Promise<T>): Promise<T> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof PageTooLargeError) throw notUnderstood(`it has more than ${MAX_PAGE_BYTES} bytes`);
    throw isParseFailure(error) ? cutShort('it is no whole XML document') : error;
  }
}

/** The SDK's error for a successful response that it cannot read. Its message quotes the response. */
function isParseFailure(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof S3ServiceException || !('$metadata' in error)) return false;
  const { $metadata } = error;
  return typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata && $metadata.httpStatusCode === 200;
}

/** Reads the entries of a page; one that lacks something, or has it in another form, makes it a broken page. */
export function readEntries<A, B>(entries: readonly A[] | undefined, read: (entry: A) => B): readonly B[] {
  if (entries === undefined) return [];
  if (entries.length > MAX_ENTRIES) throw notUnderstood(`it has more than ${MAX_ENTRIES} entries`);
  try {
    return entries.map(read);
  } catch (error) {
    if (error instanceof BrokenPageError) throw error;
    throw notUnderstood('an entry lacks what each has, or has it in an unknown form');
  }
}
