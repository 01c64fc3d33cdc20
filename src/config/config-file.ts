import { existsSync, readFileSync } from 'node:fs';
import JSON5 from 'json5';
import { z } from 'zod';
import { OutsideTextError } from '../text/outside-text.ts';

/** Text of a file as .NET reads it: UTF-8, or UTF-16 with its byte order mark, which is removed. `undefined` where there is no such file. */
export function readConfigFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * Reads JSON as the Functions host, Core Tools and editors read their files: with comments, trailing commas, a byte order mark, single
 * quotes and bare names. Throws {@link OutsideTextError} with the line, and nothing of the text.
 */
export function parseConfig(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseRelaxed(text);
  }
}

const settingsSchema = z.object({
  IsEncrypted: z.boolean('must be true or false').optional(),
  Values: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()], 'must be a text'), 'must be an object with texts')
    .nullish(),
});

/** `Values` of a local.settings.json; none without that file. Throws, with the file's name and the line, when it cannot be used. */
export function readSettingsFile(path: string): Record<string, string> {
  const text = readConfigFile(path);
  if (text === undefined) return {};
  const { success, data, error } = settingsSchema.safeParse(parseFile(text, path));
  if (!success) throw new Error(`${path} cannot be used: ${error.issues.map(problemOf).join('; ')}`);
  if (data.IsEncrypted === true) throw new Error(`${path} is encrypted. Decrypt it with "func settings decrypt".`);
  const given = Object.entries(data.Values ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** {@link parseConfig} with the file's name in what it throws. */
export function parseFile(text: string, path: string): unknown {
  try {
    return parseConfig(text);
  } catch (error) {
    throw error instanceof OutsideTextError ? new OutsideTextError(`${path} ${error.message}`) : error;
  }
}

function problemOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? 'it must be an object' : `${path.join('.')} ${message}`;
}

function parseRelaxed(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch (error) {
    throw new OutsideTextError(`is not valid JSON: ${placeOf(error)}`);
  }
}

/** Its own message repeats a character of the text. */
function placeOf(error: unknown): string {
  if (!(error instanceof SyntaxError && 'lineNumber' in error && 'columnNumber' in error)) return 'it cannot be read';
  const place = `line ${error.lineNumber}, column ${error.columnNumber}`;
  return error.message.includes('end of input') ? `it ends too early, at ${place}` : `unexpected character at ${place}`;
}
