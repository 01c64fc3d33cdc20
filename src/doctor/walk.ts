import type { Finding } from './finding.ts';

/** One link of the chain, looked at. */
export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'broken' | 'not-checked';
  /** The observed facts. */
  readonly details: Readonly<Record<string, string>>;
  /** Why the link is broken, the likeliest first; of one that is not, what to look after. */
  readonly findings: readonly Finding[];
}

/** The result of a diagnosis. The checks end with the first broken link, since the later ones depend on it. */
export interface Diagnosis {
  readonly healthy: boolean;
  /** Name of the broken link. */
  readonly broken?: string;
  readonly checks: readonly Check[];
}

/** Callbacks of a check while it runs. */
export interface Report {
  note(details: Readonly<Record<string, string>>): void;
  /** Something to look after that breaks nothing. */
  warn(finding: Finding): void;
  /** The link cannot be looked at, for this reason. */
  skip(reason: string): void;
}

/** Runs the checks one after the other; the first that throws is the last. */
export interface Walk {
  check<T>(name: string, look: (report: Report) => T | Promise<T>): Promise<T>;
  diagnosis(): Diagnosis;
}

/** Thrown by {@link Walk.check} after it has recorded a broken link. */
export class WalkEnded extends Error {
  override readonly name = 'WalkEnded';
}

export function createWalk(explain: (error: unknown) => readonly Finding[]): Walk {
  const checks: Check[] = [];
  return {
    async check(name, look) {
      const details: Record<string, string> = {};
      const findings: Finding[] = [];
      let outcome: Check['outcome'] = 'ok';
      const report: Report = {
        note: (more) => void Object.assign(details, more),
        warn: (finding) => void findings.push(finding),
        skip: (reason) => {
          outcome = 'not-checked';
          details['why'] = reason;
        },
      };
      try {
        return await look(report);
      } catch (error) {
        outcome = 'broken';
        findings.unshift(...explain(error));
        throw new WalkEnded(name);
      } finally {
        checks.push({ name, outcome, details, findings });
      }
    },
    diagnosis() {
      const broken = checks.find(({ outcome }) => outcome === 'broken')?.name;
      return { healthy: broken === undefined, ...(broken !== undefined && { broken }), checks };
    },
  };
}
