/** Requests by operation. */
export type RequestCounts = ReadonlyMap<string, number>;

/** What was counted between two looks, without the operations that were not asked for. */
export function countsSince(before: RequestCounts, after: RequestCounts): RequestCounts {
  const differences = [...after].map(([operation, count]) => [operation, count - (before.get(operation) ?? 0)] as const);
  return new Map(differences.filter(([, count]) => count !== 0));
}

export function totalOf(counts: RequestCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
