import { join } from 'node:path';
import { z } from 'zod';
import { parseFile, readConfigFile } from '../../src/config/config-file.ts';

const schema = z.object({
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      durableTask: z
        .object({ hubName: z.string().default('TestHubName'), maxConcurrentActivityFunctions: z.int().positive().default(10) })
        .prefault({}),
    })
    .prefault({}),
});

/** The part of host.json that the local host honours. */
export interface HostJson {
  /** First part of every route, without slashes; may be empty. */
  readonly routePrefix: string;
  /** May name settings as `%NAME%`. */
  readonly hubName: string;
  readonly maxConcurrentActivities: number;
}

/** Reads host.json of the app folder, with the real host's defaults for what it does not say. */
export function readHostJson(appDir: string | undefined): HostJson {
  const path = join(appDir ?? '.', 'host.json');
  const text = appDir === undefined ? undefined : readConfigFile(path);
  const parsed = schema.safeParse(text === undefined ? {} : parseFile(text, path));
  if (!parsed.success) throw new Error(`${path} cannot be used: ${z.prettifyError(parsed.error)}`);
  const { http, durableTask } = parsed.data.extensions;
  return {
    routePrefix: http.routePrefix.replaceAll(/^\/+|\/+$/g, ''),
    hubName: durableTask.hubName,
    maxConcurrentActivities: durableTask.maxConcurrentActivityFunctions,
  };
}
