import {
  type FieldMapping,
  FIELDS,
  type MappedProvider,
} from '../../../src/domain/field-mappings/index.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker } from './checker.ts';
import { sameJson } from './same-json.ts';

interface Made {
  readonly provider: MappedProvider;
  readonly version: number;
  readonly mappings?: readonly FieldMapping[];
  readonly restored?: number;
}

/** Rules of field mappings: what a person sets is whole, and what is taken back is as it was. */
export const fieldMappingRules: CreateChecker = ({ servers }, fail) => {
  const versions = new Map<string, Map<number, readonly FieldMapping[]>>();
  let seen = 0;

  function note({ stream, type, revision, data }: RecordedEvent): void {
    if (categoryOf(stream) !== 'fieldmapping' || type === 'CommandRefused') return;
    if (type === 'MappingTemplateAdded') return;
    const { provider, version, mappings = [], restored } = data as Made;
    const known = versions.get(stream) ?? new Map<number, readonly FieldMapping[]>();
    versions.set(stream, known);
    const where = `${stream} at ${revision}`;
    const expected = Math.max(0, ...known.keys()) + 1;
    if (version !== expected) fail('mapping-versions', `${where} is ${version}, not ${expected}`);
    if (restored !== undefined && !sameJson(known.get(restored), mappings)) {
      fail('mapping-versions', `${where} is not version ${restored}, which it restores`);
    }
    known.set(version, mappings);
    if (type === 'FieldMappingsSet') checkWhole(where, provider, mappings);
  }

  function checkWhole(
    where: string,
    provider: MappedProvider,
    mappings: readonly FieldMapping[],
  ): void {
    const targets = mappings.map(({ target }) => target);
    const { required, target: offered } = FIELDS[provider];
    const missing = required.find((target) => !targets.includes(target));
    const unknown = targets.find((target) => !offered.includes(target));
    if (missing !== undefined) fail('mapping-is-whole', `${where} lacks ${missing}`);
    if (unknown !== undefined) fail('mapping-is-whole', `${where} has unknown ${unknown}`);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
  };
};
