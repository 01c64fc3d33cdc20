import { z } from 'zod';
import type { Checked } from './checked.ts';

/** App settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that must be there. */
export const required = z.string('is not set').min(1, 'is empty');

/** A setting that is a whole number, `preset` unless given. */
export function wholeNumber(min: number, max: number, preset: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(rule).int(rule).min(min, rule).max(max, rule).default(preset);
}

/** Checks the settings that `schema` knows; the problems name them. */
export function checkEnvironment<T>(schema: z.ZodType<T>, env: Environment): Checked<T> {
  const result = schema.safeParse(env);
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`) };
}

/** The member `name` if there is a value for it, for objects whose members may be left out but not be undefined. */
export function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
