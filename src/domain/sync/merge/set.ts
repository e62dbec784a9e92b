import type { Write } from './merge.ts';
import type { Value } from './merge-fact.ts';

/** Name of the element that a fact adds at a place. */
export const elementName = (factId: string, place: number) => `${factId}#${place}`;

/**
 * Elements by their names. One that was removed stays removed, also when its removal comes first;
 * what the author of the removal had not seen has another name, and stays.
 */
export function setValue(writes: readonly Write[]): Value {
  const removed = new Set(writes.flatMap(({ change }) => change.remove ?? []));
  const elements: Record<string, Value> = {};
  for (const { fact, change } of writes) {
    for (const [place, value] of (change.add ?? []).entries()) {
      const name = elementName(fact.id, place);
      if (!removed.has(name)) elements[name] = value;
    }
  }
  return elements;
}
