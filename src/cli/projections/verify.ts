import { CliError } from '../cli-error.ts';
import { createProgress } from '../progress.ts';
import {
  expectDone,
  type OperationOptions,
  type ProjectionState,
  readNamed,
  readStates,
} from './operations.ts';

export interface VerifyOperation {
  /** The name of a read model; all when undefined. */
  readonly name: string | undefined;
  readonly heal: boolean;
  /** Compare only so many streams. */
  readonly sample: number | undefined;
  /** Compare only this document. */
  readonly key?: string | undefined;
}

interface Difference {
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
}

interface AuditResult {
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
 * Compares read models with the log, one after the other, and prints every difference.
 * @returns the exit code: 1 when something differs and was not healed.
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
    const result = await auditOne(options, state.name, { heal, sample, key });
    const { documents, damages, damagesOfOtherStores } = result;
    const all = damages.length + damagesOfOtherStores;
    differing += all;
    if (json) {
      out(`${JSON.stringify(result)}\n`);
      continue;
    }
    const compared = sample === undefined ? 'documents compared' : 'documents of a sample compared';
    const found = all === 0 ? 'no difference' : `${all} differ${heal ? ', healed' : ''}`;
    out(`${state.name}: ${documents} ${compared}, ${found}\n`);
    for (const { key, kind, differences } of damages) {
      out(`  ${key} ${kind}\n`);
      for (const { field, expected = 'nothing', found: actual = 'nothing' } of differences) {
        out(`    ${field}: expected ${expected}, found ${actual}\n`);
      }
    }
    if (damagesOfOtherStores > 0) out(`  and ${damagesOfOtherStores} of other shops\n`);
  }
  return differing > 0 && !heal ? 1 : 0;
}

/** Requests one audit and shows its progress until it responds. */
async function auditOne(
  options: OperationOptions,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<AuditResult> {
  const { client, err, terminal, now, pause } = options;
  const progress = createProgress(err, terminal);
  const startedMs = now();
  const path = `/projections/${encodeURIComponent(name)}/audit`;
  const audit = client.post(path, { body });
  // Reported below, also when a progress request fails first.
  audit.catch(() => undefined);
  for (;;) {
    const response = await Promise.race([audit, pause()]);
    if (response) {
      progress.end();
      return expectDone(response) as unknown as AuditResult;
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
