import type { KeyFilterOptions } from '../../sync/filter/filter-rules.ts';
import { rulesOf } from '../../sync/filter/filter-rules.ts';
import type { GlobNode } from '../../sync/filter/glob.ts';

/** Keys that hardly any rule is about. */
const PLAIN_KEYS = ['zq7', 'zq7/zq7'];
/** For a character of which only a predicate is known. */
const SAMPLE_CHARACTERS = ['x', '7', 'X', '-', '.', ' ', 'é'];
/** Examples of so many rules are enough. */
const MAX_EXAMPLES = 8;

/**
 * Keys, relative to a location, of which some may pass all of these filters: plain ones, one for each of the first rules that let keys in,
 * and each two of these together, which have the beginning of one and the end of the other.
 */
export function exampleKeys(filters: readonly KeyFilterOptions[]): readonly string[] {
  const examples = filters
    .flatMap((filter) => rulesOf(filter).filter(({ isInclude }) => isInclude))
    .slice(0, MAX_EXAMPLES)
    .map(({ glob }) => textOf(glob.nodes));
  const pairs = examples.flatMap((first) => examples.map((second) => first + second));
  return [...new Set([...PLAIN_KEYS, ...examples, ...pairs])].filter((key) => key !== '');
}

/** A text that the nodes match. */
function textOf(nodes: readonly GlobNode[]): string {
  return nodes.map(textOfNode).join('');
}

function textOfNode(node: GlobNode): string {
  switch (node.kind) {
    case 'literal':
      return node.character;
    case 'one-of':
      return SAMPLE_CHARACTERS.find(node.accepts) ?? '';
    case 'star':
      return 'x';
    case 'alternatives':
      return textOf(node.branches[0] ?? []);
  }
}
