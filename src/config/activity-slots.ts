import { z } from 'zod';
import { parseConfig } from './config-file.ts';

const OVERRIDE = 'AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions';

const slots = z.coerce.number().int().positive();

const hostSchema = z.object({ extensions: z.object({ durableTask: z.object({ maxConcurrentActivityFunctions: slots }) }) });

/**
 * Maximum activities that the engine executes in this process at once, by host.json or the setting that replaces its value. Infinite
 * where neither can be read: the host then says so, or goes by a number that only it knows.
 */
export function readActivitySlots(environment: NodeJS.ProcessEnv, hostFile: string | undefined): number {
  const override = slots.safeParse(environment[OVERRIDE]);
  if (override.success) return override.data;
  const { data } = hostSchema.safeParse(parsed(hostFile));
  return data?.extensions.durableTask.maxConcurrentActivityFunctions ?? Number.POSITIVE_INFINITY;
}

function parsed(hostFile: string | undefined): unknown {
  try {
    return hostFile === undefined ? undefined : parseConfig(hostFile);
  } catch {
    return undefined;
  }
}
