/** At least one message for each failure of a family, in the words that people post. */
export type SamplesOf<F> = { readonly [id in keyof F]: readonly [string, ...string[]] };
