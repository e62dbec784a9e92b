/** A place in the whole log. EventStoreDB orders by the pair, so both numbers are always kept. */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export const START: Position = { commit: -1n, prepare: -1n };

/** After every event: a read backwards from here begins with the newest. */
export const END: Position = { commit: 2n ** 63n - 1n, prepare: 2n ** 63n - 1n };

export function comparePositions(a: Position, b: Position): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
}

/** Wire form `<commit>.<prepare>`, the one used in headers, documents and checkpoints. */
export function formatPosition(position: Position): string {
  return `${position.commit}.${position.prepare}`;
}

/**
 * Returns undefined when the text is not a position, so that the caller can say what it expected.
 */
export function parsePosition(text: string): Position | undefined {
  const match = /^(-1|\d{1,19})\.(-1|\d{1,19})$/.exec(text);
  if (!match) return undefined;
  return { commit: BigInt(match[1] as string), prepare: BigInt(match[2] as string) };
}
