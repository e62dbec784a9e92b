import { expectDone, readNamed, type OperationOptions } from './operations.ts';

export interface CheckOrder {
  /** Of a read model; all when undefined. */
  readonly name: string | undefined;
  readonly heal: boolean;
  /** Look only at so many streams. */
  readonly sample: number | undefined;
}

interface Difference {
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
}

interface AuditAnswer {
  readonly projection: string;
  readonly documents: number;
  readonly damages: readonly {
    readonly key: string;
    readonly kind: string;
    readonly differences: readonly Difference[];
  }[];
  readonly damagesOfOtherStores: number;
}

/**
 * Compares read models with the log, one after the other, and tells every difference.
 * @returns the exit code: 1 when something differed and was not healed.
 * @throws CliError, ServerError
 */
export async function checkProjections(
  options: OperationOptions,
  { name, heal, sample }: CheckOrder,
): Promise<number> {
  const { client, json, out } = options;
  let differing = 0;
  for (const state of await readNamed(options, name)) {
    const path = `/projections/${encodeURIComponent(state.name)}/audit`;
    const body = { heal, ...(sample !== undefined && { sample }) };
    const answer = expectDone(await client.post(path, { body })) as unknown as AuditAnswer;
    const { documents, damages, damagesOfOtherStores } = answer;
    const all = damages.length + damagesOfOtherStores;
    differing += all;
    if (json) {
      out(`${JSON.stringify(answer)}\n`);
      continue;
    }
    const looked = sample === undefined ? 'documents compared' : 'documents of a sample compared';
    const found = all === 0 ? 'no difference' : `${all} differ${heal ? ', healed' : ''}`;
    out(`${state.name}: ${documents} ${looked}, ${found}\n`);
    for (const { key, kind, differences } of damages) {
      out(`  ${key} ${kind}\n`);
      for (const { field, expected = 'nothing', found: there = 'nothing' } of differences) {
        out(`    ${field}: expected ${expected}, found ${there}\n`);
      }
    }
    if (damagesOfOtherStores > 0) out(`  and ${damagesOfOtherStores} of other shops\n`);
  }
  return differing > 0 && !heal ? 1 : 0;
}
