import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, wherever below it this file was compiled to. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'bench', 'package-lock.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('expected to run below the folder that holds bench/');
    folder = above;
  }
  return folder;
}
