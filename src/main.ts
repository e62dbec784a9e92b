import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startEmbeddedThreads } from './boot/embedded/threads.ts';
import { environment, readConfig } from './config.ts';

const packageFile = new URL('../package.json', import.meta.url);

/** `--role worker` is the same as ROLE=worker. */
function settingsOf(args: readonly string[]): Record<string, string> {
  const { values } = parseArgs({ args: [...args], options: { role: { type: 'string' } } });
  return values.role === undefined ? {} : { ROLE: values.role };
}

async function main(): Promise<void> {
  const config = readConfig({ ...environment(), ...settingsOf(process.argv.slice(2)) });
  const threads = config.eventStore === 'sqlite' ? startEmbeddedThreads() : undefined;
  try {
    // Loaded after the threads have started, so that both load their code concurrently.
    const { serve } = await import('./boot/serve.ts');
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
    await serve({ config, version, threads });
  } catch (error) {
    await threads?.end();
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
