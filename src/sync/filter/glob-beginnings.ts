import type { GlobNode } from './glob.ts';

interface Limits {
  /** How many there may be: alternatives that would make more are not told apart. */
  readonly count: number;
  /** In characters: what is longer is cut. */
  readonly length: number;
}

const LIMITS: Limits = { count: 32, length: 200 };

/** A beginning of the keys that match a glob. */
export interface Beginning {
  readonly text: string;
  /** The rest that the glob requires: nothing, so that this is the key; anything, so that every such key matches; or something else. */
  readonly rest: 'nothing' | 'anything' | 'something';
}

/** The texts with one of which each key begins that matches the nodes from its beginning. */
export function beginningsOf(nodes: readonly GlobNode[], limits = LIMITS): readonly Beginning[] {
  const [first, ...others] = nodes;
  if (first === undefined) return [{ text: '', rest: 'nothing' }];
  if (first.kind === 'literal' && limits.length > 0) {
    const behind = beginningsOf(others, { ...limits, length: limits.length - 1 });
    return behind.map(({ text, rest }) => ({ text: first.character + text, rest }));
  }
  if (first.kind === 'alternatives' && first.branches.length <= limits.count) {
    const count = limits.count / first.branches.length;
    return first.branches.flatMap((branch) => beginningsOf([...branch, ...others], { ...limits, count }));
  }
  const isAnything = first.kind === 'star' && first.crossesSlashes && others.length === 0;
  return [{ text: '', rest: isAnything ? 'anything' : 'something' }];
}
