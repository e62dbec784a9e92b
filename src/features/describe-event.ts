import type { RecordedEvent } from '../domain/kernel/event.ts';
import { categoryOf } from '../domain/kernel/names.ts';
import type { Feature } from './feature.ts';

/** Describes an event in one plain sentence: by the description of its feature, else its type. */
export function describeEventsOf(features: readonly Feature[]): (event: RecordedEvent) => string {
  const descriptions = new Map(
    features.flatMap((feature) =>
      feature.descriptions.map((description) => [description.category, description] as const),
    ),
  );
  return (event) => {
    const description = descriptions.get(categoryOf(event.stream));
    return description?.describe(event) ?? event.type;
  };
}
