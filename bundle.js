// Puts the server into a few files once `tsc` has checked and compiled everything else: reading 333
// modules of ours and 300 of others one by one is most of what a start would take.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist/server', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts', 'src/projection-thread.ts', 'src/log-writer-thread.ts'],
  outdir: 'dist',
  chunkNames: 'server/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
  // With binaries or files of their own, or loaded only where they are configured.
  external: ['libsql', 'pino', 'swagger-ui-dist', '@eventstore/db-client', 'mongodb', 'ioredis'],
  // For packages that are CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
});
