import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { KeyListFormat } from '../../config/options/key-list-options.ts';
import { cutText } from '../../text/outside-text.ts';
import { LineTooLongError, linesOf } from '../report/lines.ts';

/** A list of keys is not as it should be, for people. */
export class KeyListError extends Error {
  override readonly name = 'KeyListError';
}

/** A reason may repeat a field of the list. */
const MAX_REASON_LENGTH = 300;
/** Bytes of a list. */
const MAX_LIST_BYTES = 1024 ** 3;
/** Characters of a line, or of a record of CSV; a line of a report has less. */
const MAX_LINE_LENGTH = 64 * 1024;
/** Characters of a blob's name. An S3 key has as many bytes at most. */
const MAX_KEY_LENGTH = 1_024;

/** The keys of a list, in its order; what is held of it is bounded. Throws {@link KeyListError}, and what the body throws. */
export function parseKeyList(
  body: AsyncIterable<Uint8Array>,
  format: KeyListFormat,
  maxBytes: number = MAX_LIST_BYTES,
): AsyncGenerator<string> {
  const limited = withinLimit(body, maxBytes);
  return format === 'csv' ? keysOfCsv(limited) : keysOfNdjson(limited);
}

async function* withinLimit(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new KeyListError(`It is larger than ${maxBytes} bytes. Split it into lists for several runs.`);
    yield chunk;
  }
}

/** Each line is a JSON string, or an object with a `key`. */
async function* keysOfNdjson(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let number = 0;
  try {
    for await (const line of linesOf(withLastLineEnd(body), MAX_LINE_LENGTH)) {
      number++;
      const text = line.replace(/^\ufeff/, '').trim();
      if (text !== '') yield keyIn(text, number);
    }
  } catch (error) {
    throw error instanceof LineTooLongError ? new KeyListError(`${error.message} Write each key in a line of its own.`) : error;
  }
}

async function* withLastLineEnd(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body;
  yield Buffer.from('\n');
}

function keyIn(text: string, line: number): string {
  const value = parsed(text, line);
  const key = typeof value === 'object' && value !== null && 'key' in value ? value.key : value;
  if (typeof key !== 'string') throw new KeyListError(`Line ${line} is neither a JSON string nor an object with a "key" that is one.`);
  return checked(key, line);
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyListError(`Line ${line} is not valid JSON.`);
  }
}

/** RFC 4180: the column `key`, where the first line names one; else the first column. */
async function* keysOfCsv(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const parser = parse({ bom: true, skip_empty_lines: true, relax_column_count: true, max_record_size: MAX_LINE_LENGTH });
  // An error of the body ends the records, too, and the other way round; their reader gets it.
  pipeline(Readable.from(body), parser, () => undefined);
  const records: AsyncIterable<string[]> = parser;
  let column: number | undefined;
  let number = 0;
  try {
    for await (const record of records) {
      number++;
      if (column === undefined) {
        const named = record.indexOf('key');
        column = Math.max(0, named);
        if (named >= 0) continue;
      }
      yield checked(record[column] ?? '', number);
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    const tooLong = `the record at line ${error.lines} has more than ${MAX_LINE_LENGTH} characters; close its quotes`;
    const why = error.code === 'CSV_MAX_RECORD_SIZE' ? tooLong : cutText(error.message, MAX_REASON_LENGTH);
    throw new KeyListError(`It is not valid CSV: ${why}.`);
  }
}

function isCsvError(error: unknown): error is Error & { readonly code: unknown; readonly lines?: unknown } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

function checked(key: string, line: number): string {
  if (key === '') throw new KeyListError(`Line ${line} has no key.`);
  if (!key.isWellFormed()) throw new KeyListError(`The key of line ${line} is not valid Unicode.`);
  if (key.length > MAX_KEY_LENGTH)
    throw new KeyListError(
      `The key of line ${line} has more than ${MAX_KEY_LENGTH} characters, and no object has such a key. Take it out.`,
    );
  return key;
}
