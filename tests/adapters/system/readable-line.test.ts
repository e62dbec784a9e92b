import { Writable } from 'node:stream';

import { pino } from 'pino';

import { readableLine } from '../../../src/adapters/system/readable-line.ts';

/** What pino writes for an entry, as people read it. */
function lineOf(fields: object, message: string): string {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  pino({ base: { app: 'tillstream' } }, stream).warn(fields, message);
  return readableLine(lines.join(''));
}

describe('A line of the log for people', () => {
  it('has time, level, message and fields', () => {
    const line = lineOf({ shop: 'main', tries: 3, why: 'no reply', list: [1] }, 'will try "again"');
    expect(line).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}will try "again" {2}shop=main/,
    );
    expect(line).toContain('  tries=3  why="no reply"  list=[1]\n');
  });

  it('stays one line without control characters, whatever the values hold', () => {
    const bad = 'a\nb\u001b[31m\u009b2J\u007f\u2028c';
    const line = lineOf({ bad, nested: { bad } }, bad);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(line).toContain('\\u001b[31m\\u009b2J\\u007f\\u2028c');
  });

  it('is left as it is when it is not JSON', () => {
    expect(readableLine('not JSON\n')).toBe('not JSON\n');
  });
});
