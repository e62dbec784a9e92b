// Bundles the server into a few files after `tsc` has checked and compiled everything: reading its 333
// modules and 300 of packages one by one would be most of the time of a start.
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
    // For the demonstration alone.
    'payment-simulator': 'simulators/payments/main.ts',
  },
  outdir: 'dist',
  chunkNames: 'server/[name]-[hash]',
  splitting: true,
  sourcemap: true,
});
