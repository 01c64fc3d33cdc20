import type { Glob, GlobNode } from './glob.ts';
import type { Accepts } from './glob-class.ts';

const END = 0;
const MAX_STEP = 4_000_000_000;

/** Places in a glob. At one with `accepts` such a character leads on; without, the way on is open. The first place is the end. */
interface States {
  readonly accepts: (Accepts | undefined)[];
  readonly next: number[][];
}

/**
 * Tells whether keys match. All ways through the glob are followed at once, one character of the key after the other, so nothing is ever
 * tried again: a match takes at most as many steps as the key has characters times the glob has, whatever they are. A regular expression,
 * to which other matchers turn globs, takes exponentially more for some.
 */
export function createGlobMatcher({ isAnchored, nodes }: Glob): (key: string) => boolean {
  const states: States = { accepts: [undefined], next: [[]] };
  const start = compile(states, nodes, END);
  /** In which step a place was last reached: no set has to be cleared. */
  const reachedIn = new Uint32Array(states.next.length);
  const lists = [new Uint32Array(states.next.length), new Uint32Array(states.next.length)] as const;
  let step = 0;

  /** Adds a place, and all that it leads to without a character, to the list; answers its new length. */
  function reach(place: number, list: Uint32Array, length: number): number {
    if (reachedIn[place] === step) return length;
    reachedIn[place] = step;
    list[length] = place;
    let longer = length + 1;
    if (states.accepts[place] === undefined) for (const next of states.next[place] ?? []) longer = reach(next, list, longer);
    return longer;
  }

  function advance(reached: Uint32Array, length: number, character: string, further: Uint32Array): number {
    let longer = 0;
    for (let index = 0; index < length; index++) {
      const place = reached[index] ?? END;
      if (states.accepts[place]?.(character) === true) for (const next of states.next[place] ?? []) longer = reach(next, further, longer);
    }
    return longer;
  }

  return (key) => {
    let [reached, further] = lists;
    // Long before numbers of steps are used up, the marks of the first ones are wiped.
    if (step > MAX_STEP) {
      reachedIn.fill(0);
      step = 0;
    }
    step++;
    let length = reach(start, reached, 0);
    for (const character of key) {
      step++;
      length = advance(reached, length, character, further);
      if (!isAnchored && character === '/') length = reach(start, further, length);
      if (isAnchored && length === 0) return false;
      [reached, further] = [further, reached];
    }
    return reachedIn[END] === step;
  };
}

/** Adds the nodes; answers the place from which they lead to `end`. */
function compile(states: States, nodes: readonly GlobNode[], end: number): number {
  return nodes.reduceRight((next, node) => compileNode(states, node, next), end);
}

function compileNode(states: States, node: GlobNode, next: number): number {
  switch (node.kind) {
    case 'literal':
      return add(states, [next], (character) => character === node.character);
    case 'one-of':
      return add(states, [next], node.accepts);
    case 'alternatives':
      return add(
        states,
        node.branches.map((branch) => compile(states, branch, next)),
      );
    case 'star': {
      const ways = [next];
      const star = add(states, ways);
      ways.push(add(states, [star], node.crossesSlashes ? () => true : (character) => character !== '/'));
      return star;
    }
  }
}

function add(states: States, next: number[], accepts?: Accepts): number {
  states.accepts.push(accepts);
  return states.next.push(next) - 1;
}
