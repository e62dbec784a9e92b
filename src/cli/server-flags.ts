import { join } from 'node:path';

import type { Command } from 'commander';

import { environment } from '../config.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { findKey } from './api-key.ts';

/** The server that a command talks to, its key, and the form of what it prints. */
export interface ServerFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
  readonly json: boolean;
}

/** Where the server of this machine listens, and where it keeps its data. */
export interface LocalServer {
  readonly dataDir: string;
  readonly port: string;
}

/** Adds the flags that all commands have which talk to a server. */
export function withServerFlags(
  command: Command,
  { dataDir, port }: LocalServer,
  keyOf: string,
  json: string = 'print JSON',
): Command {
  return command
    .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
    .option('--key <key>', `API key of ${keyOf}`)
    .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'))
    .option('--json', json, false);
}

/** @throws CliError without a key. */
export function clientOf(
  { url, key, keyFile }: ServerFlags,
  role: 'manager' | 'operator',
): ApiClient {
  const given = { keyFile, ...(key !== undefined && { key }) };
  return createApiClient(url, findKey(given, role, environment()));
}
