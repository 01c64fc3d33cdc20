/** Whether something holds for a request of which not everything is known. */
export type Truth = 'yes' | 'no' | 'maybe';

export function truthOf(holds: boolean): Truth {
  return holds ? 'yes' : 'no';
}

export function not(truth: Truth): Truth {
  if (truth === 'maybe') return 'maybe';
  return truth === 'yes' ? 'no' : 'yes';
}

export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('maybe') ? 'maybe' : 'yes';
}

export function anyOf(truths: readonly Truth[]): Truth {
  return not(allOf(truths.map(not)));
}
