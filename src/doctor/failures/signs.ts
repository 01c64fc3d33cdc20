import type { KnownFailure } from '../explain/evidence.ts';

type Sign = KnownFailure['isSeenIn'];

/** Sees a failure by its words. Gaps in `words` must be bounded, since a pasted text may be long. */
export function said(words: RegExp): Sign {
  return ({ text }) => words.test(text);
}

/** Sees a failure by the error code of a service, which the SDKs may end with "Exception". */
export function coded(...codes: readonly string[]): Sign {
  return said(new RegExp(`(?<![\\w.])(?:${codes.join('|').replaceAll('.', '\\.')})(?:Exception)?(?!\\w)`));
}

/** Sees a failure by a number of Entra ID: in its message, its JSON, the sign-in logs or a link to its explanation. */
export function entra(...numbers: readonly (number | string)[]): Sign {
  return said(new RegExp(`(?:AADSTS|error_codes\\W{1,6}|error code\\W{1,3}(?:is )?|error\\?code=)(?:${numbers.join('|')})(?!\\d)`, 'i'));
}

/** Where a name alone proves no failure: a word of an error must be in the text too. */
const AN_ERROR =
  /\b(?:errors?|exception|denied|refused|forbidden|unauthorized|invalid|conflict|rejected|bad ?request|fail(?:ed|ure|s)|not (?:found|allowed|authorized|valid|supported))\b|"?code"?\W{1,4}\w|\b[45]\d\d\b/i;

/** Sees a failure by words that a text without any failure may have as well. */
export function saidInError(words: RegExp): Sign {
  return ({ text }) => words.test(text) && AN_ERROR.test(text);
}

export function anyOf(...signs: readonly Sign[]): Sign {
  return (evidence) => signs.some((isSeenIn) => isSeenIn(evidence));
}

/**
 * Sees that AWS denied an action because neither the role nor the resource allows it. An explicit deny, or a boundary of another kind, is
 * another failure: allowing the action does not help against it.
 */
export function notAllowed(actions: string): Sign {
  return said(
    new RegExp(
      `not authorized to perform: ?(?:${actions})(?![\\w*])(?!(?:(?!not authorized to perform).){0,1500}(?:explicit deny|because no (?!identity|resource-based)))`,
      'i',
    ),
  );
}
