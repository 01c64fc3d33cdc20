/** A problem, its cause and its remedy. Holds no secret and no token. */
export interface Finding {
  /** Names the failure for good: scripts may rely on it. */
  readonly id: string;
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
}

/** A link of the chain that is broken, although no service has said so. */
export class BrokenLink extends Error {
  override readonly name = 'BrokenLink';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ symptom }) => symptom).join('\n'));
    this.findings = findings;
  }
}
