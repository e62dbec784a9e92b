import { CliError } from '../cli-error.ts';
import { createProgress } from '../progress.ts';
import {
  expectDone,
  readNamed,
  readStates,
  type OperationOptions,
  type ProjectionState,
} from './operations.ts';

export interface VerifyOperation {
  /** Of a read model; all when undefined. */
  readonly name: string | undefined;
  readonly heal: boolean;
  /** Look only at so many streams. */
  readonly sample: number | undefined;
  /** Look only at this document. */
  readonly key?: string | undefined;
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
  { name, heal, sample, key }: VerifyOperation,
): Promise<number> {
  const { json, out } = options;
  if (key !== undefined && name === undefined) {
    throw new CliError('expected the name of the read model that has the document');
  }
  let differing = 0;
  for (const state of await readNamed(options, name)) {
    const answer = await auditOne(options, state.name, {
      heal,
      ...(sample !== undefined && { sample }),
      ...(key !== undefined && { key }),
    });
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

/** Orders one audit and shows how far it is until it answers. */
async function auditOne(
  options: OperationOptions,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<AuditAnswer> {
  const { client, err, terminal, now, pause } = options;
  const progress = createProgress(err, terminal);
  const startedMs = now();
  const path = `/projections/${encodeURIComponent(name)}/audit`;
  const order = client.post(path, { body });
  // Told below, also when asking how far it is fails first.
  order.catch(() => undefined);
  for (;;) {
    const answer = await Promise.race([order, pause()]);
    if (answer) {
      progress.end();
      return expectDone(answer) as unknown as AuditAnswer;
    }
    const audited = (await readStates(options)).find((state) => state.name === name)?.audited;
    if (audited) progress.show(line(name, audited, now() - startedMs));
  }
}

function line(
  name: string,
  { events, percent }: NonNullable<ProjectionState['audited']>,
  tookMs: number,
): string {
  const perSecond = Math.round((events * 1_000) / tookMs);
  const left =
    percent > 0 ? `, ${Math.ceil((tookMs * (100 - percent)) / percent / 1_000)} s left` : '';
  return `${name}: ${percent} %, ${perSecond} events/s${left}`;
}
