import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { createApiClient } from '../../src/cli/api-client.ts';
import { keyOf, startServer } from '../support/server-process.ts';

const PATIENCE_MS = 20_000;
const CALLS = 'pwrite64,pwritev,fdatasync,fsync,write,writev,sendto,sendmsg';
const hasTracer = spawnSync('strace', ['-V']).status === 0;

/** What a thread did that matters here, in the order in which it was done. */
type Act =
  | { readonly what: 'writes to the log'; readonly bytes: string }
  | { readonly what: 'has the log on the disk' }
  | { readonly what: 'answers'; readonly orderId: string };

/**
 * Reads a trace: what each thread does is in order, and a call that others came between is in two
 * parts, of which the second tells that it is over.
 */
function actsOf(trace: string): Act[] {
  const acts: Act[] = [];
  const open = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    let call = rest;
    if (rest.endsWith('<unfinished ...>')) {
      open.set(thread, rest);
      // A write counts from when it is begun, a sync only when it is over.
      if (/^f(data)?sync/.test(rest)) continue;
    } else if (rest.startsWith('<...')) {
      const begun = open.get(thread) ?? '';
      if (!/^f(data)?sync/.test(begun)) continue;
      call = `${begun} ${rest}`;
    }
    if (/^pwrite(64|v)\(\d+<[^>]*log\.db-wal>/.test(call)) {
      acts.push({ what: 'writes to the log', bytes: call });
    } else if (/^f(data)?sync\(\d+<[^>]*log\.db-wal>.*\) += 0$/.test(call)) {
      acts.push({ what: 'has the log on the disk' });
    } else if (/"HTTP\/1\.1 20[0-9] /.test(call)) {
      const [, orderId = ''] = /Location: \/orders\/([\w-]+)/i.exec(call) ?? [];
      acts.push({ what: 'answers', orderId });
    }
  }
  return acts;
}

/** Whether an order's events were written, and the log was brought to the disk after that. */
function isOnDisk(orderId: string, before: readonly Act[]): boolean {
  const written = before.findIndex(
    (act) => act.what === 'writes to the log' && act.bytes.includes(orderId),
  );
  if (written < 0) return false;
  return before.slice(written).some(({ what }) => what === 'has the log on the disk');
}

/** The tracer's last line of a thread tells that it has ended; it may come after the end itself. */
async function wholeTrace(file: string, pid: number): Promise<string> {
  const ended = new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm');
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const changes = watch(dirname(file), { signal })[Symbol.asyncIterator]();
  for (;;) {
    const trace = readFileSync(file, 'utf8');
    if (ended.test(trace)) return trace;
    await changes.next();
  }
}

(hasTracer ? describe : describe.skip)('an answer of the real server', () => {
  if (!hasTracer) process.stderr.write('skipped: durability: strace is not on the PATH\n');
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-durability-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([1, 16])(
    'leaves only once its events are on the disk, with %i orders at a time',
    async (atOnce) => {
      const dataDir = join(folder, `data-${atOnce}`);
      const traceFile = join(folder, `trace-${atOnce}`);
      // Not as the parent (-D): signals go to the server itself.
      const under = ['strace', '-D', '-f', '-y', '--seccomp-bpf', '-s', '8192', '-o', traceFile];
      under.push('-e', `trace=${CALLS}`, '-e', 'signal=none');
      const server = await startServer(dataDir, {}, { under });
      const api = createApiClient(server.url, keyOf(dataDir, 'till'));
      const body = {
        currency: 'USD',
        lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 250 }],
      };
      let placed = 0;
      for (let round = 0; round < 10; round++) {
        const answers = await Promise.all(
          Array.from({ length: atOnce }, (_, i) =>
            api.post('/orders', { key: `order-${round}-${i}`, body }),
          ),
        );
        placed += answers.filter(({ status }) => status === 202).length;
      }
      expect(placed).toBe(10 * atOnce);
      await server.stop();

      const acts = actsOf(await wholeTrace(traceFile, server.process.pid ?? 0));
      const answers = acts.flatMap((act, at) => (act.what === 'answers' ? [{ ...act, at }] : []));
      expect(new Set(answers.map(({ orderId }) => orderId)).size).toBe(placed);
      const early = answers.filter(({ orderId, at }) => !isOnDisk(orderId, acts.slice(0, at)));
      expect(early).toEqual([]);
      // One at a time, every answer has waited for a sync of its own.
      const syncs = acts.filter(({ what }) => what === 'has the log on the disk').length;
      if (atOnce === 1) expect(syncs).toBeGreaterThanOrEqual(placed);
    },
    60_000,
  );
});
