// Puts the server into a few files once `tsc` has checked and compiled everything else: reading 333
// modules of ours and 300 of others one by one is most of what a start would take.
import { rmSync } from 'node:fs';

import { build } from 'esbuild';

import { BUNDLE } from './options.ts';

rmSync('dist/server', { recursive: true, force: true });
await build({
  ...BUNDLE,
  entryPoints: {
    main: 'src/main.ts',
    'projection-thread': 'src/boot/embedded/projection-thread.ts',
    'log-writer-thread': 'src/boot/embedded/log-writer-thread.ts',
  },
  outdir: 'dist',
  chunkNames: 'server/[name]-[hash]',
  splitting: true,
  sourcemap: true,
});
