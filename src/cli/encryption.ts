import type { Command } from 'commander';

import { type ApiResponse, rejection } from './api-client.ts';
import { clientOf, type ServerFlags, withServerFlags } from './server-flags.ts';

interface Status {
  readonly source: string;
  readonly rotationDueAt: string;
  readonly masterKeys: readonly {
    readonly id: string;
    readonly current: boolean;
    readonly createdAt: string;
    readonly subjectKeys: number;
  }[];
}

/** `tillstream encryption ...`: the master keys of a running server. */
export function addEncryptionCommands(program: Command, dataDir: string, port: string): void {
  const encryption = program
    .command('encryption')
    .description('the master keys that protect personal data in a running server');
  const add = (name: string, description: string, options: { readonly isDefault?: true } = {}) =>
    withServerFlags(
      encryption.command(name, options).description(description),
      { dataDir, port },
      'an operator',
    );

  add('status', 'list the master keys, and when the next is due', { isDefault: true }).action(
    async (flags: ServerFlags) => {
      print(flags, await clientOf(flags, 'operator').get('/encryption'));
    },
  );
  add(
    'rotate',
    'replace the master key, and encrypt the keys of all persons with the new one',
  ).action(async (flags: ServerFlags) => {
    print(flags, await clientOf(flags, 'operator').post('/encryption/rotate', {}));
  });
}

/** @throws CliError with the error of the server. */
function print({ json }: ServerFlags, response: ApiResponse): void {
  if (response.status >= 300) throw rejection(response);
  if (json) {
    process.stdout.write(`${JSON.stringify(response.body)}\n`);
    return;
  }
  const { source, masterKeys, rotationDueAt } = response.body as unknown as Status;
  const lines = masterKeys.map(({ id, current, createdAt, subjectKeys }) => {
    const state = current ? 'current' : subjectKeys > 0 ? 'in use' : 'unused';
    return `${id}  ${state.padEnd(7)}  since ${createdAt}  keys of persons: ${subjectKeys}\n`;
  });
  process.stdout.write(`${lines.join('')}from ${source}; next due ${rotationDueAt}\n`);
}
