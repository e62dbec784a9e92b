import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLI = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/** Plays the demonstration until it says that it keeps serving, then ends it as Ctrl-C does. */
async function playDemo(dataDir: string): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, [CLI, 'demo'], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir },
  });
  let output = '';
  let asked = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      // Once: asked a second time, a server that is still finishing its work stops at once.
      if (output.includes('keeps serving') && !asked) asked = child.kill('SIGINT');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { output, code };
}

describe('the demonstration', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-demo-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it("plays a shop's day, keeps serving and changes nothing when it is played again", async () => {
    const first = await playDemo(dataDir);
    expect(first.output).toContain('= 61.76 USD');
    expect(first.output).toContain('no second order');
    expect(first.output).toContain('idempotency_key_reused');
    expect(first.output).toContain('credit_limit_exceeded');
    expect(first.output).toContain('debt 1: 60.00 USD paid, 0.00 USD still owed');
    expect(first.output).toContain('debt 2: 10.00 USD paid, 20.00 USD still owed');
    expect(first.output).toContain('CONFIRMED: the order is CONFIRMED');
    expect(first.output).toContain('in stock: 1, reserved: 0');
    expect(first.output).toContain('COMPENSATED: the order is PAYMENT_FAILED');
    expect(first.output).toContain('payment failed: suspected_fraud');
    expect(first.output).toContain('in stock: 3, reserved: 0');
    expect(first.output).toContain('change 40.00 USD; after the sale, 110.00 USD are expected');
    expect(first.output).toContain(
      'Z report: sales 60.00 USD, expected 105.00 USD, difference -1.00',
    );
    expect(first.output).toContain('keeps serving');
    expect(first.code).toBe(0);

    const again = await playDemo(dataDir);
    const day = (output: string) => /17\. [^]*repaid \S+ USD/.exec(output)?.[0];
    expect(day(first.output)).toBeDefined();
    expect(day(again.output)?.replace(/:\d+\//g, '/')).toBe(
      day(first.output)?.replace(/:\d+\//g, '/'),
    );
    expect(again.code).toBe(0);
  }, 60_000);
});
