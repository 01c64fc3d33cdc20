/** From high to low, one for each length in UTF-8. No noncharacters, which services refuse. */
const HIGHEST_CHARACTERS = ['\u{10fffd}', '\ufffd', '\u07ff', '~'];

/** The beginning of `key`, up to and including the character at `position`. */
export function throughCharacter(key: string, position: number): string {
  return key.slice(0, isInsidePair(key, position + 1) ? position + 2 : position + 1);
}

/** Texts that follow all keys which begin with `prefix`, but for keys with a still higher character; the highest first. */
export function endsOf(prefix: string): readonly string[] {
  return HIGHEST_CHARACTERS.map((character) => prefix + character);
}

function isInsidePair(key: string, position: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(key.slice(position - 1, position + 1));
}
