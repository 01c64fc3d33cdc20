/** A finding of a rule. */
export interface Remedy {
  /** Which rule found it, such as `trust/audience-only`. */
  readonly rule: string;
  readonly why: string;
  readonly fix: string;
}

/** A problem of a trust, its place and its remedy. */
export interface Finding extends Remedy {
  /** A warning alone does not fail the check. */
  readonly severity: 'error' | 'warning';
  /** Path in the document that was checked. */
  readonly place: string;
}

/** Makes the findings of one rule. */
export function errorOf(rule: string, texts: { readonly why: string; readonly fix: string }): (place: string) => Finding {
  return (place) => ({ rule, severity: 'error', place, ...texts });
}

export function errorAt(place: string, remedy: Remedy): Finding {
  return { ...remedy, severity: 'error', place };
}

export function warningAt(place: string, remedy: Remedy): Finding {
  return { ...remedy, severity: 'warning', place };
}
