import type { Finding } from './finding.ts';
import type { Check, Diagnosis } from './walk.ts';

const MARKS: Readonly<Record<Check['outcome'], string>> = { ok: 'ok    ', broken: 'BROKEN', 'not-checked': '-     ' };

/** The diagnosis for people. */
export function renderDiagnosis({ checks, broken }: Diagnosis): string {
  const verdict =
    broken === undefined
      ? 'Every link that was checked holds.'
      : `The chain is broken at: ${broken}. What comes after it was not checked: mend it, and run the doctor again.`;
  return `${[...checks.map(renderCheck), verdict].join('\n\n')}\n`;
}

/** Findings for people, each with its symptom, cause and fix. */
export function renderFindings(findings: readonly Finding[]): string {
  return findings.map((finding) => renderFinding(finding).join('\n')).join('\n\n');
}

function renderCheck({ name, outcome, details, findings }: Check): string {
  const width = Math.max(0, ...Object.keys(details).map(({ length }) => length));
  const seen = Object.entries(details).map(([key, text]) => `         ${key.padEnd(width)}  ${text}`);
  const told = findings.flatMap((finding, index) => [...heading(outcome, index), ...renderFinding(finding)]);
  return [`${MARKS[outcome]}   ${name}`, ...seen, ...told].join('\n');
}

/** The finding that breaks a link comes first, and needs no heading. */
function heading(outcome: Check['outcome'], index: number): readonly string[] {
  if (outcome !== 'broken') return ['         worth a look:'];
  return index === 0 ? [] : ['         also:'];
}

function renderFinding({ id, symptom, cause, fix }: Finding): readonly string[] {
  return [`         symptom  ${symptom}`, `         cause    ${cause}`, `         fix      ${fix}`, `         (${id})`];
}
