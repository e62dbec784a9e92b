import { createSystemMetrics } from '../../src/adapters/system/metrics.ts';
import { METRICS, PLANNED_METRICS, RUNTIME_METRICS } from '../../src/ports/metric-definitions.ts';
import { filesUnder } from './project-files.ts';

const DEFINITIONS = 'src/ports/metric-definitions.ts';

describe('The metrics', () => {
  const code = filesUnder('src', '.ts')
    .filter(({ path }) => path !== DEFINITIONS)
    .map(({ text }) => text)
    .join('\n');

  it.each(Object.keys(METRICS))('have a source: %s', (name) => {
    expect(code).toContain(`'${name}'`);
  });

  it('of the runtime are those that a scrape shows', async () => {
    const { text } = await createSystemMetrics().scrape();
    const names = text.split('\n').flatMap((line) => /^# TYPE (\w+)/.exec(line)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(Object.keys(RUNTIME_METRICS)));
  });

  it('are either exported or reserved', () => {
    const exported = Object.keys({ ...METRICS, ...RUNTIME_METRICS });
    expect(exported.filter((name) => name in PLANNED_METRICS)).toEqual([]);
  });
});
