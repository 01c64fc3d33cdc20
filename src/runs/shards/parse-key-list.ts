import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { KeyListFormat } from '../../options/key-list-options.ts';
import { linesOf } from '../report/lines.ts';

/** A list of keys is not as it should be, for people. */
export class KeyListError extends Error {
  override readonly name = 'KeyListError';
}

/** The keys of a list, in its order. Throws {@link KeyListError}, and what the body throws. */
export function parseKeyList(body: AsyncIterable<Uint8Array>, format: KeyListFormat): AsyncGenerator<string> {
  return format === 'csv' ? keysOfCsv(body) : keysOfNdjson(body);
}

/** Each line is a JSON string, or an object with a `key`. */
async function* keysOfNdjson(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let number = 0;
  for await (const line of linesOf(withLastLineEnd(body))) {
    number++;
    const text = line.replace(/^\ufeff/, '').trim();
    if (text !== '') yield keyIn(text, number);
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
  const records: AsyncIterable<string[]> = Readable.from(body).pipe(parse({ bom: true, skip_empty_lines: true, relax_column_count: true }));
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
    throw isCsvError(error) ? new KeyListError(`It is not valid CSV: ${error.message}.`) : error;
  }
}

function isCsvError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

function checked(key: string, line: number): string {
  if (key === '') throw new KeyListError(`Line ${line} has no key.`);
  if (!key.isWellFormed()) throw new KeyListError(`The key of line ${line} is not valid Unicode.`);
  return key;
}
