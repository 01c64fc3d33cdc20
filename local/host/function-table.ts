import type { RegisteredFunction } from './functions-core.ts';
import { httpMethods, isHttpFunction, routeTemplate } from './http/http-functions.ts';

/** One line for each function: its name, and what calls it. */
export function describeFunctions(functions: readonly RegisteredFunction[], routePrefix: string): string[] {
  const width = Math.max(0, ...functions.map(({ name }) => name.length));
  return functions.map((registered) => `  ${registered.name.padEnd(width)}  ${describeTrigger(registered, routePrefix)}`);
}

function describeTrigger(registered: RegisteredFunction, routePrefix: string): string {
  if (isHttpFunction(registered)) return `${httpMethods(registered).join(',')} /${routeTemplate(registered, routePrefix)}`;
  const { type, options } = registered.trigger;
  return type === 'timerTrigger' ? `timer ${options['schedule']}` : type.replace(/Trigger$/, '');
}
