import { join } from 'node:path';
import { readSettingsFile } from '../../src/config/config-file.ts';

/** App settings by name, as in `process.env`. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/** `Values` of local.settings.json in the app folder; none without that file. */
export function readLocalSettings(appDir: string): Record<string, string> {
  return readSettingsFile(join(appDir, 'local.settings.json'));
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
