import type { Glob, GlobNode } from './glob.ts';
import type { Accepts } from './glob-class.ts';

/** A place in a glob. With `accepts` one such character leads on; without, the way on is open. */
interface State {
  readonly accepts?: Accepts;
  readonly next: State[];
}

/**
 * Tells whether keys match. All ways through the glob are followed at once, one character of the key after the other, so nothing is ever
 * tried again: a match takes at most as many steps as the key has characters times the glob has, whatever they are. A regular expression,
 * to which other matchers turn globs, takes exponentially more for some.
 */
export function createGlobMatcher({ isAnchored, nodes }: Glob): (key: string) => boolean {
  const end: State = { next: [] };
  const start = compile(nodes, end);
  return (key) => {
    let reached = new Set<State>();
    reach(start, reached);
    for (const character of key) {
      reached = advance(reached, character);
      if (!isAnchored && character === '/') reach(start, reached);
    }
    return reached.has(end);
  };
}

function advance(reached: ReadonlySet<State>, character: string): Set<State> {
  const further = new Set<State>();
  for (const { accepts, next } of reached) {
    if (accepts?.(character)) for (const state of next) reach(state, further);
  }
  return further;
}

/** Adds a state and all that it leads to without a character. */
function reach(state: State, reached: Set<State>): void {
  if (reached.has(state)) return;
  reached.add(state);
  if (state.accepts === undefined) for (const next of state.next) reach(next, reached);
}

/** The state from which the nodes lead to `end`. */
function compile(nodes: readonly GlobNode[], end: State): State {
  return nodes.reduceRight((next, node) => compileNode(node, next), end);
}

function compileNode(node: GlobNode, next: State): State {
  switch (node.kind) {
    case 'literal':
      return { accepts: (character) => character === node.character, next: [next] };
    case 'one-of':
      return { accepts: node.accepts, next: [next] };
    case 'alternatives':
      return { next: node.branches.map((branch) => compile(branch, next)) };
    case 'star': {
      const star: State = { next: [next] };
      star.next.push({ accepts: node.crossesSlashes ? () => true : (character) => character !== '/', next: [star] });
      return star;
    }
  }
}
