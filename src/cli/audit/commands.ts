import type { Command } from 'commander';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import { CliError } from '../cli-error.ts';
import { type AddressFlags, clientOf, withAddressFlags } from '../server-flags.ts';
import { exportAuditRecords } from './export.ts';

const MAX_RECORDS = 10_000_000;

/** Filters of `GET /audit`, by flag. */
const FILTERS = {
  user: 'only what this user, key, device or process did',
  action: 'only this action, such as AccountTermsChanged',
  resource: 'only what was done to this entity, such as order/7f3a',
  severity: 'only INFO, LOW, MEDIUM, HIGH or CRITICAL',
  outcome: 'only SUCCESS or FAILURE',
  from: 'only records of this time or later (RFC 3339)',
  to: 'only records of this time or earlier (RFC 3339)',
} as const;

interface Flags extends AddressFlags {
  readonly limit: string;
  readonly [filter: string]: unknown;
}

/** `tillstream audit ...`: the audit trail of a shop, read from its server. */
export function addAuditCommands(program: Command, dataDir: string, port: string): void {
  const audit = program.command('audit').description('read the audit trail of a shop');
  const command = audit
    .command('export')
    .description('print audit records as JSON lines, oldest first');
  const list = withAddressFlags(command, { dataDir, port }, 'a manager or operator');
  list.option('--limit <count>', 'maximum number of records to print', String(MAX_RECORDS));
  for (const [name, text] of Object.entries(FILTERS)) list.option(`--${name} <${name}>`, text);
  list.action(async (flags: Flags) => {
    const limit = Number(flags.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_RECORDS) {
      throw new CliError(`expected --limit from 1 to ${MAX_RECORDS}, found ${flags.limit}`);
    }
    const filters = Object.keys(FILTERS).map((name) => [name, flags[name]] as const);
    const given = omitUndefined(Object.fromEntries(filters)) as Record<string, string>;
    const out = (line: string) => process.stdout.write(line);
    await exportAuditRecords(clientOf(flags, 'manager'), given, limit, out);
  });
}
