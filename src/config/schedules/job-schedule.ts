import { cutText } from '../../text/outside-text.ts';
import type { Environment } from '../environment.ts';
import { ScheduleError } from './field.ts';
import { parseNcrontab } from './ncrontab.ts';

const RULE = 'must be an NCRONTAB expression of six fields (second minute hour day month weekday), such as "0 0 2 * * *"';
/** In UTF-16 code units. */
const MAX_LENGTH = 1_024;
const MAX_SHOWN_NAME = 100;
const REFERENCE = /%([^%]*)%/g;

/**
 * The mistake in a job's schedule, for people; `undefined` when nothing is. Each `%NAME%` in it stands for an app setting, as for every
 * timer of Azure Functions; without `settings` it is taken to be right. A message repeats nothing of a setting.
 */
export function problemOfSchedule(text: string, settings?: Environment): string | undefined {
  if (text.length > MAX_LENGTH) return `${RULE}: it has ${text.length} characters, more than ${MAX_LENGTH}`;
  if (!text.includes('%')) return problemOf(text);
  const names = [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
  if (text.replaceAll(REFERENCE, '').includes('%') || names.includes(''))
    return `${RULE}: a "%" in it must enclose the name of an app setting`;
  if (settings === undefined) return undefined;
  const values = new Map(names.map((name) => [name, valueOfSetting(name, settings)]));
  const unset = names.find((name) => values.get(name) === undefined);
  if (unset !== undefined) return `names the app setting ${shown(unset)}, which is not set`;
  const isRight = problemOf(text.replaceAll(REFERENCE, (_, name: string) => values.get(name) ?? '')) === undefined;
  return isRight ? undefined : `${RULE}: with the value of ${names.map(shown).join(', ')} it is none`;
}

function problemOf(expression: string): string | undefined {
  try {
    parseNcrontab(expression);
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return `${RULE}: ${error.message}`;
    throw error;
  }
}

/** As the host finds one: in any case, with `__` in the environment for a colon. */
function valueOfSetting(name: string, settings: Environment): string | undefined {
  const wanted = name.replaceAll(':', '__').toLowerCase();
  return Object.entries(settings).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function shown(name: string): string {
  return JSON.stringify(cutText(name, MAX_SHOWN_NAME));
}
