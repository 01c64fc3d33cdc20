import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

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
  const path = appDir === undefined ? undefined : join(appDir, 'host.json');
  const content: unknown = path !== undefined && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`${path} cannot be used: ${z.prettifyError(parsed.error)}`);
  const { http, durableTask } = parsed.data.extensions;
  return {
    routePrefix: http.routePrefix.replaceAll(/^\/+|\/+$/g, ''),
    hubName: durableTask.hubName,
    maxConcurrentActivities: durableTask.maxConcurrentActivityFunctions,
  };
}
