import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InvocationResult } from '../../../local/host/core-api.ts';
import type { InvocationInputs } from '../../../local/host/invocation.ts';

/** A call of a function as the host makes it. */
export interface Call {
  readonly name: string;
  readonly inputs: InvocationInputs;
  readonly triggerMetadata: InvocationInputs;
}

/** A call of an orchestrator or activity, and what came of it: no answer when the worker died over it. */
export interface JournalEntry {
  readonly kind: 'orchestrationTrigger' | 'activityTrigger';
  readonly call: Call;
  readonly answer?: Answer;
}

/** What a worker answers: what the function returned, or what it threw. */
export interface Answer extends InvocationResult {
  readonly error?: { readonly message: string };
}

/** Writes down what a worker does. What is written stays, even if the worker is killed at once. */
export interface Journal {
  /** Returns how to enter the answer. */
  enter(kind: JournalEntry['kind'], call: Call): (answer: object) => void;
}

/** Each process has a file of its own in the folder. */
export function openJournal(dir: string): Journal {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${process.pid}.ndjson`);
  let entries = 0;
  return {
    enter(kind, call) {
      const number = entries++;
      appendFileSync(path, `${JSON.stringify({ number, kind, call })}\n`);
      return (answer) => appendFileSync(path, `${JSON.stringify({ number, answer })}\n`);
    },
  };
}

/** All entries of all workers so far; those of one worker in order. */
export function readJournal(dir: string): JournalEntry[] {
  return existsSync(dir) ? readdirSync(dir).flatMap((file) => entriesOf(readFileSync(join(dir, file), 'utf8'))) : [];
}

function entriesOf(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  // The writer may have died over the last line.
  for (const line of text.split('\n').slice(0, -1)) {
    const { number, ...part } = JSON.parse(line);
    entries[number] = { ...entries[number], ...part };
  }
  return entries;
}
