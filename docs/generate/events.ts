import type { EventType } from '../../src/domain/kernel/event-types.ts';
import * as atoms from '../../src/domain/kernel/schema.ts';
import { ENGINE_EVENT_TYPES } from '../../src/engine/commands/engine-events.ts';
import { PROJECTION_EVENT_TYPES } from '../../src/engine/projections/engine-events.ts';
import type { Feature } from '../../src/features/feature.ts';
import { code, headingOf, table } from './markdown.ts';

/** JSON schema, as far as the tables show it. */
interface FieldSchema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly const?: string;
  readonly anyOf?: readonly FieldSchema[];
}

interface DataSchema extends FieldSchema {
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

const HEAD = ['Field', 'Type', 'Always', 'Meaning'];
const TYPES: Readonly<Record<string, string>> = { string: 'text', array: 'list' };

/** They say what any such value is, not what the field means. */
const ATOM_DESCRIPTIONS = new Set(
  Object.values(atoms).flatMap((atom) =>
    typeof atom === 'object' && 'description' in atom ? [atom.description] : [],
  ),
);

function typeOf({ type, format, anyOf }: FieldSchema): string {
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (format === 'date') return 'day';
  return TYPES[type ?? ''] ?? type ?? 'any';
}

/** The description, and the values of a field that has a closed list, unless it names them. */
function meaningOf(name: string, { description, anyOf = [] }: FieldSchema): string {
  if (description === undefined || ATOM_DESCRIPTIONS.has(description)) {
    throw new Error(`expected a description of ${name}, found ${description ?? 'none'}`);
  }
  const values = anyOf.flatMap((option) =>
    option.const === undefined ? [] : [code(option.const)],
  );
  if (values.every((value) => description.includes(value))) return description;
  return `${description} One of ${values.join(', ')}.`;
}

/** What one type of event says, field by field. @throws Error for a field without a description. */
export function eventSection({ type, version, schema }: EventType): string {
  const { description, properties, required } = schema as DataSchema;
  if (description === undefined) throw new Error(`expected a description of ${type}, found none`);
  const always = new Set(required);
  const rows = Object.entries(properties).map(([field, value]) => [
    code(field),
    typeOf(value),
    always.has(field) ? 'yes' : 'no',
    meaningOf(`${type}.${field}`, value),
  ]);
  return `### ${type} (version ${version})\n\n${description}\n\n${table(HEAD, rows)}`;
}

const section = (title: string, streams: string, types: readonly EventType[]) =>
  [`## ${title}`, streams, ...types.map(eventSection)].join('\n\n');

function featureSection({ name, deciders, events }: Feature): string {
  const streams = deciders.map(({ category }) => code(`${category}-<shop>.<id>`));
  return section(headingOf(name), `In ${streams.join(' and ')}.`, events.types);
}

/** All events: of the features in their order, then those that the engines append. */
export function eventSections(features: readonly Feature[]): string {
  return [
    ...features.filter(({ events }) => events.types.length > 0).map(featureSection),
    section('Commands', "In the stream of the command's entity.", ENGINE_EVENT_TYPES),
    section(
      'Read models',
      'What the projection engine records about itself, in `projection-system.<name>`.',
      PROJECTION_EVENT_TYPES,
    ),
  ].join('\n\n');
}
