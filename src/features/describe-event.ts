import type { RecordedEvent } from '../domain/kernel/event.ts';
import { categoryOf } from '../domain/kernel/names.ts';
import type { Feature } from './feature.ts';

/** What an event means, in one plain sentence: as its concept says, else its type. */
export function describeEventsOf(features: readonly Feature[]): (event: RecordedEvent) => string {
  const descriptions = new Map(
    features.flatMap((feature) => feature.descriptions.map((one) => [one.category, one] as const)),
  );
  return (event) => {
    const description = descriptions.get(categoryOf(event.stream));
    return description?.describe(event) ?? event.type;
  };
}
