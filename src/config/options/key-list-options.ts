import { z } from 'zod';
import { LocationError, parseObjectLocation } from '../locations.ts';

/** How a list of keys may be written, by the end of its name. */
export type KeyListFormat = 'ndjson' | 'csv';

const FORMATS: Readonly<Record<string, KeyListFormat>> = { ndjson: 'ndjson', jsonl: 'ndjson', csv: 'csv' };

/** `undefined` when the name tells none. */
export function keyListFormatOf(name: string): KeyListFormat | undefined {
  return FORMATS[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

/** The option that names the keys of a run. */
export const keyListOptions = {
  keys: z
    .string()
    .superRefine((text, context) => {
      const problem = problemOf(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, continue: false });
    })
    .optional()
    .meta({
      description: 'Where a list of keys is, NDJSON or CSV: only these are compared and copied. By default all that is in the source.',
      examples: ['s3://contoso-archive/lists/today.ndjson', 'https://contoso.blob.core.windows.net/lists/today.csv'],
    }),
};

interface KeyListOptions {
  readonly keys?: string | undefined;
  readonly delete?: object | undefined;
  readonly splitAt?: readonly string[] | undefined;
}

/** Tells which options do not go together. */
export function checkKeyListOptions(options: KeyListOptions, report: (option: string, message: string) => void): void {
  if (options.keys === undefined) return;
  if (options.delete !== undefined) report('delete', 'is not for a list of keys: what is not in the list is not looked at');
  if (options.splitAt !== undefined) report('splitAt', 'is not for a list of keys, which is split by itself');
}

function problemOf(text: string): string | undefined {
  try {
    const { key } = parseObjectLocation(text);
    return keyListFormatOf(key) === undefined ? 'must end with .ndjson, .jsonl or .csv, which tells how the list is written' : undefined;
  } catch (error) {
    if (error instanceof LocationError) return error.message;
    throw error;
  }
}
