import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly pid: number;
  /** The whole lines it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines that meet the condition. */
  printed(count: number, condition?: (line: string) => boolean): Promise<void>;
  /** Kills it with SIGKILL and resolves when all it printed has arrived. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself and all it printed has arrived. */
  readonly ended: Promise<void>;
}

export interface ChildOptions {
  /** No file it writes may grow past so many blocks of 512 bytes, as on a full disk. */
  readonly maxFileBlocks?: number;
}

/** Runs a script beside the tests as a child process. */
export function startChild(
  script: string,
  args: readonly string[],
  { maxFileBlocks }: ChildOptions = {},
): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const node = [process.execPath, '--import', 'tsx', path, ...args];
  const limit = `ulimit -f ${maxFileBlocks} && exec "$@"`;
  const [command = '', ...rest] =
    maxFileBlocks === undefined ? node : ['/bin/sh', '-c', limit, 'sh', ...node];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const ended = endOf(child, lines, () => {
    for (const look of [...waiting]) look();
  });
  let over = false;
  const afterEnd = ended.finally(() => {
    over = true;
    for (const look of [...waiting]) look();
  });
  afterEnd.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    printed: (count, condition = () => true) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const enough = lines.filter(condition).length >= count;
          if (!enough && !over) return;
          waiting.delete(look);
          if (enough) resolve();
          else reject(new Error(`expected ${count} lines, found the end after ${lines.length}`));
        };
        waiting.add(look);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endOf(child: ChildProcess, lines: string[], onLine: () => void): Promise<void> {
  if (!child.stdout) throw new Error('expected a child with a stdout pipe, found none');
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part: string) => {
    const whole = (text + part).split('\n');
    text = whole.pop() ?? '';
    lines.push(...whole);
    if (whole.length > 0) onLine();
  });
  await once(child, 'close');
}
