import type { BuildOptions } from 'esbuild';

import { plainSpreads } from './spreads.ts';

/** How programs of ours are put into few files. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  plugins: [plainSpreads],
  // With binaries or files of their own, or loaded only where they are configured.
  external: ['libsql', 'pino', 'swagger-ui-dist', '@eventstore/db-client', 'mongodb', 'ioredis'],
  // For packages that are CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
} satisfies BuildOptions;
