import { escapeUnseen } from '../../src/text/unseen-characters.ts';

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** The function that was running, where there was one. */
  readonly functionName?: string | undefined;
}

export type Log = (entry: LogEntry) => void;

const LABELS: Readonly<Record<LogLevel, string>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info ',
  warning: 'warn ',
  error: 'error',
  critical: 'fatal',
};

/** Makes a log that writes one line per entry, and nothing below `information`. */
export function createLineLog(write: (line: string) => void): Log {
  return ({ level, message, functionName }) => {
    if (level === 'trace' || level === 'debug') return;
    const time = new Date().toISOString().slice(11, 23);
    const origin = functionName === undefined ? '' : ` ${functionName}:`;
    write(`${time} ${LABELS[level]}${origin} ${escapeUnseen(message.replaceAll(/\s*[\r\n]\s*/g, ' | '))}`);
  };
}

/** What is worth telling about a thrown value: its message, and where it was thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place.trim()})`}`;
}
