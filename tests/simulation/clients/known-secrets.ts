/** What proves who somebody is, as those who know it have seen it; checkers look for it. */
export interface KnownSecrets {
  readonly texts: ReadonlySet<string>;
  /** Returns the text, so that it can be noted where it is received. */
  note(text: unknown): string;
}

export function createKnownSecrets(): KnownSecrets {
  const texts = new Set<string>();
  return {
    texts,
    note(text) {
      if (typeof text !== 'string') throw new Error(`expected a secret, found ${typeof text}`);
      texts.add(text);
      return text;
    },
  };
}
