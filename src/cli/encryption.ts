import { join } from 'node:path';

import type { Command } from 'commander';

import { environment } from '../config.ts';
import { type ApiResponse, createApiClient, rejection } from './api-client.ts';
import { findKey } from './api-key.ts';

interface Flags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

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
    encryption
      .command(name, options)
      .description(description)
      .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
      .option('--key <key>', 'API key of an operator')
      .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
      .option('--json', 'print JSON', false);

  add('status', 'list the master keys, and when the next is due', { isDefault: true }).action(
    async (flags: Flags) => {
      print(flags, await clientOf(flags).get('/encryption'));
    },
  );
  add(
    'rotate',
    'replace the master key, and encrypt the keys of all persons with the new one',
  ).action(async (flags: Flags) => {
    print(flags, await clientOf(flags).post('/encryption/rotate', {}));
  });
}

function clientOf({ url, key, keyFile }: Flags) {
  const given = { keyFile, ...(key !== undefined && { key }) };
  return createApiClient(url, findKey(given, 'operator', environment()));
}

/** @throws CliError with the error of the server. */
function print({ json }: Flags, response: ApiResponse): void {
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
