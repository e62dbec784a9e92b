import type { ContentReport } from '../../../src/adapters/eventstoredb/content-report.ts';
import { examineSharedLog } from '../../../src/maintenance/doctor/shared-log.ts';

const NOTHING = { count: 0, streams: [] };
const READABLE = { count: 0, examples: [] };

const examined = (report: Partial<ContentReport>) =>
  examineSharedLog({
    examineContent: () =>
      Promise.resolve({
        prefix: 'tillstream.',
        examined: 10,
        complete: true,
        passedOver: NOTHING,
        unreadable: READABLE,
        ...report,
      }),
  });

describe('the doctor of a shared log', () => {
  it('shows how many events of other applications were passed over', async () => {
    const passedOver = { count: 3, streams: ['order-42', 'cart-7'] };

    expect(await examined({ passedOver })).toEqual([
      {
        check: 'shared log',
        level: 'ok',
        found:
          'streams of tillstream.*; 3 of all 10 events are of other applications and passed over, ' +
          'such as those of order-42 and cart-7',
      },
    ]);
  });

  it('shows the form of the names, and when only the newest events were counted', async () => {
    const [finding] = await examined({ prefix: '', examined: 40_000, complete: false });

    expect(finding?.found).toBe(
      'streams without a prefix; 0 of the newest 40000 events are of other applications and passed over',
    );
  });

  it('reports events of its own that cannot be read as a problem', async () => {
    const example = { id: 'e1', stream: 'order-s1.1', revision: 4, expected: 'JSON data' };
    const [finding] = await examined({ unreadable: { count: 2, examples: [example] } });

    expect(finding).toMatchObject({
      level: 'problem',
      found:
        '2 of all 10 events cannot be read, such as e1 in order-s1.1 at revision 4: expected JSON data',
      action: expect.stringContaining('handle-a-blocked-projection.md') as string,
    });
  });
});
