import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** App settings by name, as in `process.env`. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/** `Values` of local.settings.json in the app folder; none without that file. */
export function readLocalSettings(appDir: string): Record<string, string> {
  const path = join(appDir, 'local.settings.json');
  if (!existsSync(path)) return {};
  const { IsEncrypted, Values = {} } = JSON.parse(readFileSync(path, 'utf8'));
  if (IsEncrypted === true) throw new Error(`${path} is encrypted. Decrypt it with "func settings decrypt".`);
  return Object.fromEntries(Object.entries(Values).map(([name, value]) => [name, String(value)]));
}

/** Replaces each `%NAME%` by that setting; throws when one is not set. */
export function resolveSettings(text: string, settings: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (reference, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`${reference} is not set. Add "${name}" to the app settings.`);
    return value;
  });
}

/** Tells whether the settings switch a function off. */
export function isFunctionDisabled(name: string, settings: AppSettings): boolean {
  return /^(true|1)$/i.test(settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`] ?? '');
}
