import { join } from 'node:path';

import type { Command } from 'commander';

import { environment } from '../config.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { findKey, type KeyRole } from './api-key.ts';

/** The server that a command talks to, and its key. */
export interface AddressFlags {
  readonly url: string;
  readonly key?: string;
  readonly keyFile: string;
}

/** And the form of what it prints. */
export interface ServerFlags extends AddressFlags {
  readonly json: boolean;
}

/** Where the server of this machine listens, and where it keeps its data. */
export interface LocalServer {
  readonly dataDir: string;
  readonly port: string;
}

/** Adds the flags of a command that talks to a server and prints text, or JSON with a flag. */
export function withServerFlags(command: Command, local: LocalServer, keyOf: string): Command {
  return withAddressFlags(command, local, keyOf).option('--json', 'print JSON', false);
}

/** Adds the flags of a command that talks to a server. */
export function withAddressFlags(
  command: Command,
  { dataDir, port }: LocalServer,
  keyOf: string,
): Command {
  return command
    .option('--url <url>', 'address of the server', `http://127.0.0.1:${port}`)
    .option('--key <key>', `API key of ${keyOf}`)
    .option('--key-file <file>', 'file with the key', join(dataDir, 'api-key.txt'));
}

/** @throws CliError without a key. */
export function clientOf({ url, key, keyFile }: AddressFlags, role: KeyRole): ApiClient {
  const given = { keyFile, ...(key !== undefined && { key }) };
  return createApiClient(url, findKey(given, role, environment()));
}
