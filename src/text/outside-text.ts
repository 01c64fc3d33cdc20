/** Why a text from outside is not read, to be said of it: `is not valid JSON: …`. Nothing of the text is repeated. */
export class OutsideTextError extends Error {
  override readonly name = 'OutsideTextError';
}

/** Brackets within brackets; no setting needs more than seven. */
const MAX_DEPTH = 32;
/** Maximum members of one array or object; no list of a setting may be longer. */
export const MAX_ENTRIES = 500;
/** In UTF-16 code units: more than the longest location has, with every character escaped. */
export const MAX_TEXT_LENGTH = 16_384;

const TOO_DEEP = `has brackets nested more than ${MAX_DEPTH} deep`;

const MAX_PROBLEMS = 20;
const MAX_PROBLEM_LENGTH = 1_000;
const MAX_PATH_LENGTH = 100;

/**
 * Reads JSON that somebody else has written. How deep it is nested, how many entries an array or object has, and how long a string is, is
 * limited before anything else looks at it. Throws {@link OutsideTextError}.
 */
export function parseOutsideJson(text: string): unknown {
  if (isNestedTooDeep(text)) throw new OutsideTextError(TOO_DEEP);
  const value = parse(text);
  const excess = findExcess(value);
  if (excess !== undefined) throw new OutsideTextError(excess);
  return value;
}

/** Describes what exceeds a limit in a parsed text; `undefined` when nothing does. To be called before anything else uses the value. */
export function findExcess(value: unknown): string | undefined {
  return tooLarge(value, []);
}

/** Problems as they are told: the first ones, none longer than people read. */
export function shortened(problems: readonly string[]): readonly string[] {
  const first = problems.slice(0, MAX_PROBLEMS).map((problem) => cutText(problem, MAX_PROBLEM_LENGTH));
  const others = problems.length - first.length;
  return others === 0 ? first : [...first, `There are ${others} more problems. Correct these first.`];
}

export function cutText(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}

/** Goes through the text once, in which no string is closed by an escaped quote. */
function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInString && character === '\\') at++;
    else if (character === '"') isInString = !isInString;
    else if (!isInString && (character === '[' || character === '{') && ++depth > MAX_DEPTH) return true;
    else if (!isInString && (character === ']' || character === '}')) depth--;
  }
  return false;
}

/** The words of JSON.parse are left out but for the position: they repeat a piece of the text, which may hold a secret. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new OutsideTextError(
      `is not valid JSON${position === undefined ? `: it has ${text.length} characters` : ` at position ${position}`}`,
    );
  }
}

const MEMBER_NAME = /^\$?[A-Za-z_]{1,24}$/;

/** The name of a member, or of a tier, as a message may repeat it; what is not like any name of ours may be a secret. */
export function shownName(name: string): string {
  return MEMBER_NAME.test(name) ? name : `(a name of ${name.length} characters)`;
}

/** A value that is too deep or too long, with its path. */
function tooLarge(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value === 'string') return tooLong(value, path, 'a text');
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= MAX_DEPTH) return TOO_DEEP;
  const names = Object.keys(value);
  if (names.length > MAX_ENTRIES) return `has ${names.length} entries${inside(path)}, more than ${MAX_ENTRIES}`;
  for (const [name, member] of Object.entries(value)) {
    const problem =
      tooLong(name, path, 'a name') ?? tooLarge(member, [...path, Array.isArray(value) ? `[${name}]` : `.${shownName(name)}`]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function tooLong(text: string, path: readonly string[], what: string): string | undefined {
  return text.length > MAX_TEXT_LENGTH ? `has ${what} of more than ${MAX_TEXT_LENGTH} characters${inside(path)}` : undefined;
}

function inside(path: readonly string[]): string {
  return path.length === 0 ? '' : ` in ${cutText(path.join('').replace(/^\./, ''), MAX_PATH_LENGTH)}`;
}
