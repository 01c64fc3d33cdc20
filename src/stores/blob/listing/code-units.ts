/** Where the first surrogate pair is, at `from` or behind; -1 if there is none. */
export function pairIn(name: string, from: number): number {
  for (let at = from; at < name.length; at++) if (isSurrogate(name, at)) return at;
  return -1;
}

export function isSurrogate(name: string, at: number): boolean {
  const unit = name.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** Tells whether the code unit is one of those that come after the surrogates in UTF-16, and before pairs of them in UTF-8. */
export function isAbove(name: string, at: number): boolean {
  return name.charCodeAt(at) >= 0xe000;
}

/** Where all code units are that {@link isAbove} is true of, ascending. */
export function placesAbove(name: string): number[] {
  return Array.from({ length: name.length }, (_, at) => at).filter((at) => isAbove(name, at));
}

/** Tells whether the first difference is that `before` goes on above the surrogates, and `name` with one. */
export function differsAbove(before: string, name: string): boolean {
  let at = 0;
  while (at < before.length && before.charCodeAt(at) === name.charCodeAt(at)) at++;
  return isAbove(before, at) && isSurrogate(name, at);
}
