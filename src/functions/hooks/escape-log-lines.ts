import { inspect } from 'node:util';
import { app, type InvocationContext } from '@azure/functions';
import { escapeUnseen } from '../../text/unseen-characters.ts';

const METHODS = ['trace', 'debug', 'info', 'log', 'warn', 'error'] as const;

/**
 * Makes every function of the app log one line for each call, without characters that a terminal obeys or a reader does not see: keys,
 * locations and messages of services come from outside.
 */
export function escapeLogLines(): void {
  app.hook.preInvocation(({ invocationContext }) => escapeLinesOf(invocationContext));
}

export function escapeLinesOf(context: Pick<InvocationContext, (typeof METHODS)[number]>): void {
  for (const method of METHODS) {
    const write = context[method].bind(context);
    context[method] = (...values: unknown[]) => write(...values.map(escaped));
  }
}

/** Errors have lines of their own, indented so that none looks like another entry. */
function escaped(value: unknown): unknown {
  if (value instanceof Error) return escapeUnseen(inspect(value)).replaceAll(/\r?\n|\r/g, '\n  ');
  return typeof value === 'string' ? escapeUnseen(value).replaceAll('\r', '\\r').replaceAll('\n', '\\n') : value;
}
