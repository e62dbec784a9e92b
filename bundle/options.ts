import type { BuildOptions } from 'esbuild';

import { plainSpreads } from './spreads.ts';

/** The esbuild options of all bundles. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  plugins: [plainSpreads],
  // Packages with binaries or files, and packages that are loaded only if configured.
  external: [
    'libsql',
    'pino',
    'swagger-ui-dist',
    '@eventstore/db-client',
    'mongodb',
    'ioredis',
    '@node-rs/argon2',
    'nodemailer',
    'pdfkit',
  ],
  // For CommonJS packages.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
} satisfies BuildOptions;
