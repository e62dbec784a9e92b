import { type FieldMapping, FIELDS, type MappedProvider } from './fields.ts';

/** What is wrong with a mapping: all of it at once, none for a good one. */
export function findFaults(
  provider: MappedProvider,
  mappings: readonly FieldMapping[],
): readonly string[] {
  const { source: sources, target: targets } = FIELDS[provider];
  const faults: string[] = [];
  const sourceOf = new Map<string, string>();
  for (const { source, target } of mappings) {
    if (!sources.includes(source)) faults.push(`${source} is not a field of the shop`);
    if (!targets.includes(target)) faults.push(`${target} is not a field of ${provider}`);
    const other = sourceOf.get(target);
    if (other !== undefined) faults.push(`${target} gets both ${other} and ${source}`);
    sourceOf.set(target, source);
  }
  for (const target of missingTargets(provider, mappings)) {
    faults.push(`${target} is required by ${provider} and has no source`);
  }
  return faults;
}

/** Required targets that no source is mapped to. */
export function missingTargets(
  provider: MappedProvider,
  mappings: readonly FieldMapping[],
): readonly string[] {
  const mapped = new Set(mappings.map(({ target }) => target));
  return FIELDS[provider].required.filter((target) => !mapped.has(target));
}

/** By which rule a lost target was replaced; `none`: by nothing, so its mapping is removed. */
export const HEAL_RULES = ['exact', 'partial', 'same-ending', 'none'] as const;
export type HealRule = (typeof HEAL_RULES)[number];

export interface HealChange {
  readonly source: string;
  readonly from: string;
  /** Absent: the mapping is removed. */
  readonly to?: string;
  readonly rule: HealRule;
}

const lastPart = (path: string) => path.slice(path.lastIndexOf('.') + 1).toLowerCase();

/** From the best rule to the last; within one, the order of the targets decides. */
const RULES: readonly (readonly [HealRule, (lost: string, target: string) => boolean])[] = [
  ['exact', (lost, target) => lost.toLowerCase() === target.toLowerCase()],
  ['partial', (lost, target) => contains(lost, target) || contains(target, lost)],
  ['same-ending', (lost, target) => lastPart(lost) === lastPart(target)],
];

const contains = (one: string, other: string) => one.toLowerCase().includes(other.toLowerCase());

/**
 * Replaces targets that the provider does not have any more. A target that is mapped already is
 * not taken a second time. Each change is reported.
 */
export function healMappings(
  mappings: readonly FieldMapping[],
  available: readonly string[],
): { readonly mappings: readonly FieldMapping[]; readonly changes: readonly HealChange[] } {
  const taken = new Set(mappings.map(({ target }) => target).filter((t) => available.includes(t)));
  const healed: FieldMapping[] = [];
  const changes: HealChange[] = [];
  for (const { source, target } of mappings) {
    if (available.includes(target)) {
      healed.push({ source, target });
      continue;
    }
    const free = available.filter((each) => !taken.has(each));
    const found = replacementOf(target, free);
    changes.push({ source, from: target, ...found });
    if (found.to === undefined) continue;
    taken.add(found.to);
    healed.push({ source, target: found.to });
  }
  return { mappings: healed, changes };
}

function replacementOf(lost: string, free: readonly string[]): { to?: string; rule: HealRule } {
  for (const [rule, matches] of RULES) {
    const to = free.find((target) => matches(lost, target));
    if (to !== undefined) return { to, rule };
  }
  return { rule: 'none' };
}

type Fields = Readonly<Record<string, unknown>>;

/** The object with each mapped value written to its target. Missing values are left out. */
export function applyMappings(mappings: readonly FieldMapping[], original: Fields): Fields {
  return mappings.reduce<Fields>((result, { source, target }) => {
    const value = readPath(original, source.split('.'));
    return value === undefined ? result : writePath(result, target.split('.'), value);
  }, original);
}

function readPath(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => ownField(inner, name), value);
}

function writePath(
  fields: Fields,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Fields {
  if (rest.length === 0) return { ...fields, [name]: value };
  const inner = ownField(fields, name);
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  return { ...fields, [name]: writePath(isObject ? (inner as Fields) : {}, rest, value) };
}

function ownField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Fields)[name];
}
