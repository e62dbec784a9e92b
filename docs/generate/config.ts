import { CONFIG_KEYS, type ConfigKey } from '../../src/config.ts';
import { code, table } from './markdown.ts';

const HEAD = ['Variable', 'Default', 'Unit', 'May be', 'Why'];

/** A setting's schema, as far as the table shows it. */
interface ValueSchema {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly scheme?: string;
  readonly anyOf?: readonly { readonly const: string }[];
}

function rowOf({ env, default: standard, unit, schema, reason }: ConfigKey): readonly string[] {
  const { minimum, maximum, scheme, anyOf } = schema as ValueSchema;
  const values =
    anyOf?.map((option) => code(option.const)).join(', ') ??
    (scheme === undefined ? undefined : code(`${scheme}://`)) ??
    (minimum === undefined ? 'text' : `${minimum} to ${maximum ?? ''}`);
  const value = String(standard);
  // The unit of a closed list would only repeat its values.
  return [code(env), value === '' ? '' : code(value), anyOf ? '' : unit, values, reason];
}

/** Every setting. */
export function configTable(): string {
  return table(HEAD, Object.values(CONFIG_KEYS).map(rowOf));
}
