/** Why a text is no schedule, for people. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/** One of the six parts of an NCRONTAB expression. */
export interface FieldKind {
  /** For messages. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names?: readonly string[];
  /** Notations of other crons, and what to write instead. */
  readonly hint?: string;
}

const MAX_INT = 2_147_483_647;
/** Anything else may be a secret in the wrong place, and is not repeated. */
const SHOWN = /^[A-Za-z0-9*?/,#-]{1,12}$/;

/** Whole numbers as .NET reads them: spaces of any kind around them, a sign in front, and NULs behind them. */
const SIGNED = /^[\t-\r ]*([+-]?\d+)[\t-\r ]*\0*$/;
const UNSIGNED = /^(\d+)[\t-\r ]*\0*$/;

/** The values that a field of an expression stands for, ascending; as NCrontab 3.4.0 reads it. Throws {@link ScheduleError}. */
export function readField(kind: FieldKind, text: string): readonly number[] {
  const parts = text.indexOf(',') > 0 ? text.split(',') : [text];
  return [...new Set(parts.flatMap((part) => valuesOf(kind, part)))].sort((one, other) => one - other);
}

function valuesOf(kind: FieldKind, text: string): readonly number[] {
  const slash = text.indexOf('/');
  const hasStep = slash > 0;
  const step = hasStep ? stepOf(kind, text.slice(slash + 1)) : 1;
  const base = hasStep ? text.slice(0, slash) : text;
  if (base === '*') return everyNth(kind, [kind.min, kind.max], step);
  const dash = base.indexOf('-');
  if (dash <= 0) {
    const value = numberOf(kind, base);
    return everyNth(kind, hasStep ? inOrder(value, kind.max) : [value, value], step);
  }
  return everyNth(kind, inOrder(numberOf(kind, base.slice(0, dash)), numberOf(kind, base.slice(dash + 1))), step);
}

/** A range may be written either way round: `22-6` is `6-22`. */
function inOrder(one: number, other: number): readonly [number, number] {
  return one <= other ? [one, other] : [other, one];
}

function everyNth(kind: FieldKind, [first, last]: readonly [number, number], step: number): readonly number[] {
  if (first < kind.min || last > kind.max) throw wrong(kind, String(first < kind.min ? first : last));
  // The library adds the step to the position with 32 bits.
  if (first - kind.min + step > MAX_INT) throw wrong(kind, `/${step}`);
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

/** Less than one counts as one. */
function stepOf(kind: FieldKind, text: string): number {
  const step = Number(SIGNED.exec(text)?.[1] ?? Number.NaN);
  if (!(step <= MAX_INT && step >= -MAX_INT - 1)) throw wrong(kind, `/${text}`);
  return Math.max(1, step);
}

function numberOf(kind: FieldKind, text: string): number {
  if (/^\d/.test(text)) {
    const value = Number(UNSIGNED.exec(text)?.[1] ?? Number.NaN);
    if (value <= MAX_INT) return value;
    throw wrong(kind, text);
  }
  const index = text === '' ? -1 : (kind.names?.findIndex((name) => name.toLowerCase().startsWith(asciiLowerCase(text))) ?? -1);
  if (index < 0) throw wrong(kind, text);
  return kind.min + index;
}

/** Letters outside of ASCII, such as the Kelvin sign, become no letters inside it. */
function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function wrong({ name, min, max, names, hint }: FieldKind, text: string): ScheduleError {
  const rule = `${min} to ${max}${names === undefined ? '' : `, or a name such as ${names[1]?.slice(0, 3)}`}`;
  return new ScheduleError(
    `the ${name} has ${SHOWN.test(text) ? JSON.stringify(text) : `a text of ${text.length} characters`}, but takes ${rule}${hint === undefined ? '' : ` (${hint})`}`,
  );
}
