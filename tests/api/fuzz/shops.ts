import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Route } from '../../../src/api/route.ts';
import { features } from '../../../src/features/index.ts';
import { type ServerProcess, startServer } from '../../support/server-process.ts';
import { shopEntry } from '../../support/shops-file.ts';
import { fuzzKey } from './plan.ts';

/** So that requests which never become complete are let go within the run. */
const LIMITS = {
  HEADERS_TIMEOUT_MS: '1000',
  REQUEST_TIMEOUT_MS: '1500',
  POSITION_WAIT_MS: '200',
  REQUESTS_PER_MINUTE: '0',
  AUDIT_EVERY_MS: '0',
  RATE_LIMITS: '{"login":{"maxRequests":10000},"refresh":{"maxRequests":10000}}',
  LOG_LEVEL: 'warn',
};

const entryOf = (id: 'a' | 'b') => shopEntry(id, (role) => fuzzKey(id, role));

export interface FuzzServer extends ServerProcess {
  readonly port: number;
  remove(): void;
}

/** The real server process on SQLite files, with two shops. */
export async function startFuzzServer(): Promise<FuzzServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-fuzz-'));
  writeFileSync(join(dataDir, 'stores.json'), JSON.stringify([entryOf('a'), entryOf('b')]));
  const server = await startServer(dataDir, LIMITS);
  return {
    ...server,
    port: Number(new URL(server.url).port),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Every route that the server has. */
export function allRoutes(): readonly Route[] {
  return features.flatMap(({ routes }) => routes);
}
