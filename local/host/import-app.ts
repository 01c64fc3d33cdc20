import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Imports the entry files of the app in `appDir`: what matches `main` of its package.json, a file or a glob. Each call evaluates them
 * anew, but not what they import.
 */
export async function importApp(appDir: string): Promise<void> {
  const main = readMain(appDir);
  const files = globSync(main, { cwd: appDir }).toSorted();
  if (files.length === 0) throw new Error(`No file matches "main" of ${join(appDir, 'package.json')}: "${main}". Build the app first.`);
  const query = imports === 0 ? '' : `?start=${imports}`;
  imports += 1;
  for (const file of files) await import(`${pathToFileURL(join(appDir, file)).href}${query}`);
}

/** A module is evaluated once for each URL. */
let imports = 0;

function readMain(appDir: string): string {
  const path = join(appDir, 'package.json');
  const { main } = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof main !== 'string') throw new Error(`${path} must name the app's entry files as "main".`);
  return main;
}
