import type { Finding, Maintenance } from '../maintenance/operations.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly out: (text: string) => void;
}

const MARK = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const;

/**
 * Prints the findings, each with what to do about it.
 * @returns the exit code: 1 when there is a problem; warnings leave it 0.
 */
export async function runDoctor(
  maintenance: Pick<Maintenance, 'examine'>,
  { json, out }: DoctorOptions,
): Promise<number> {
  const findings = await maintenance.examine();
  const count = (level: Finding['level']) =>
    findings.filter((finding) => finding.level === level).length;
  const problems = count('problem');
  if (json) {
    out(`${JSON.stringify({ healthy: problems === 0, findings })}\n`);
  } else {
    for (const { check, level, found, action } of findings) {
      out(`${MARK[level]} ${check.padEnd(14)} ${found}\n`);
      if (action !== undefined) out(`${' '.repeat(24)}-> ${action}\n`);
    }
    out(`${problems} problems, ${count('warning')} warnings, ${count('ok')} in order\n`);
  }
  return problems > 0 ? 1 : 0;
}
