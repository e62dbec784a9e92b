import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { BUNDLE } from '../../../bundle/options.ts';

const WORKER = fileURLToPath(new URL('./worker.child.ts', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../../dist/simulation/', import.meta.url));

/**
 * Puts the worker and the product into one file, without the names of inner functions: a compiler
 * that runs along gives each closure its name when it is made, which is a tenth of a world's time.
 * @returns where the file is.
 */
export async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({ ...BUNDLE, entryPoints: [WORKER], write: false });
  const path = `${FOLDER}worker.mjs`;
  const fresh = `${FOLDER}worker-${process.pid}.mjs`;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(fresh, outputFiles[0]?.contents ?? '');
  // At once, so that a run beside this one never reads half of it.
  await rename(fresh, path);
  return path;
}
