import type { JsonNode } from './json-node.ts';

const uid = (node: JsonNode) => node.optional('uid')?.id();

/**
 * The ids of a list's items, which are unique only within the order. An item without an id gets
 * one from its place, the same in every import: `line-1`, or the next that no other item has.
 */
export function idsOf(
  nodes: readonly JsonNode[],
  prefix: string,
  idOf: (node: JsonNode) => string | undefined = uid,
): string[] {
  const ids = nodes.map(idOf);
  const taken = new Set(ids);
  return ids.map((id, place) => {
    if (id !== undefined) return id;
    let number = place + 1;
    while (taken.has(`${prefix}-${number}`)) number++;
    const free = `${prefix}-${number}`;
    taken.add(free);
    return free;
  });
}
