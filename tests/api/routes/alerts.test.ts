import { changeAlert, listAlerts } from '../../../src/cli/alerts/alerts.ts';
import { createApiClient } from '../../../src/cli/api-client.ts';
import { alertDecider } from '../../../src/domain/alerts/index.ts';
import { SYSTEM_STORE } from '../../../src/domain/kernel/names.ts';
import { keyOf } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const alertId = 'disk-low:till-1';

describe('The alerts', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.stop());

  function raise(storeId: string, commandId = 'c1') {
    return shop.world.app.services.commands.execute(alertDecider, {
      command: {
        type: 'RaiseAlert',
        data: {
          rule: 'disk-low',
          subject: 'till-1',
          title: 'The disk is nearly full',
          severity: 'CRITICAL',
          value: 95,
          threshold: 90,
          unit: '% in use',
          detail: '12 MiB are free',
          runbook: 'disk-full.md',
        },
      },
      context: {
        storeId,
        entityId: alertId,
        commandId,
        now: '2026-01-01T00:00:00.000Z',
        businessDay: '2026-01-01',
      },
      actor: { kind: 'system', id: 'till-1' },
      correlationId: 'c',
      causationId: 'c',
    });
  }
  const asOperator = { role: 'operator' as const };

  it('of a shop are seen, acknowledged and closed by its managers alone', async () => {
    await raise('a');

    const listed = await shop.get('/alerts?status=active');
    const ofOther = await shop.get('/alerts', { store: 'b' });
    const asTill = await shop.get('/alerts', { role: 'till' });
    const taken = await shop.post(`/alerts/${alertId}/acknowledge`, { note: 'on it' });
    const one = await shop.get(`/alerts/${alertId}`);
    const closed = await shop.post(`/alerts/${alertId}/resolve`, {});
    const again = await shop.post(`/alerts/${alertId}/acknowledge`, {});
    const active = await shop.get('/alerts?status=active');

    expect(listed.body['items']).toEqual([
      expect.objectContaining({ alertId, status: 'open', severity: 'CRITICAL', occurrence: 1 }),
    ]);
    expect(ofOther.body['items']).toEqual([]);
    expect(asTill.status).toBe(403);
    expect([taken.status, taken.body['status']]).toEqual([200, 'acknowledged']);
    expect(one.body).toMatchObject({ acknowledgedBy: 'a-manager', note: 'on it' });
    expect(one.headers.get('etag')).not.toBeNull();
    expect(closed.body['status']).toBe('resolved');
    expect([again.status, again.body['code']]).toEqual([422, 'alert_not_open']);
    expect(active.body['items']).toEqual([]);
  });

  it('of the installation are for operators, of whatever shop', async () => {
    await raise(SYSTEM_STORE);

    const asManager = await shop.get('/alerts/system');
    const ofA = await shop.get('/alerts/system', asOperator);
    const ofB = await shop.get('/alerts/system?status=open', { ...asOperator, store: 'b' });
    const ofShop = await shop.get('/alerts', asOperator);
    const taken = await shop.post(`/alerts/system/${alertId}/acknowledge`, {}, asOperator);
    const one = await shop.get(`/alerts/system/${alertId}`, asOperator);

    expect(asManager.status).toBe(403);
    expect(ofA.body['items']).toHaveLength(1);
    expect(ofB.body['items']).toEqual(ofA.body['items']);
    expect(ofShop.body['items']).toEqual([]);
    expect(taken.status).toBe(200);
    expect(one.body).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'a-operator' });
  });

  it('that were never raised are unknown', async () => {
    const one = await shop.get('/alerts/disk-low:nowhere');
    const taken = await shop.post('/alerts/disk-low:nowhere/acknowledge', {});

    expect([one.status, one.body['code']]).toEqual([404, 'alert_not_found']);
    expect([taken.status, taken.body['code']]).toEqual([404, 'alert_not_found']);
  });

  it('are shown in the history in words', async () => {
    await raise('a');
    await shop.post(`/alerts/${alertId}/resolve`, { note: 'replaced' });

    const { body } = await shop.get('/history');

    expect(JSON.stringify(body)).toContain('CRITICAL: The disk is nearly full (till-1)');
    expect(JSON.stringify(body)).toContain('Closed: replaced');
  });

  it('are listed and acknowledged from the command line', async () => {
    await raise(SYSTEM_STORE);
    await raise('a');
    const printed: string[] = [];
    const options = {
      client: createApiClient(shop.world.url, keyOf('a', 'operator')),
      json: false,
      out: (text: string) => printed.push(text),
    };
    await shop.world.caughtUp();

    await listAlerts(options, { scope: 'all', all: false });
    await changeAlert(options, {
      ...{ alertId, operation: 'acknowledge', scope: 'system', note: undefined },
    });
    await changeAlert(options, { alertId, operation: 'resolve', scope: 'shop', note: 'done' });
    await shop.world.caughtUp();
    await listAlerts(options, { scope: 'shop', all: false });

    expect(printed[0]).toContain(`CRITICAL  ${alertId}`);
    expect(printed[0]).toContain('The disk is nearly full: 12 MiB are free');
    expect(printed.slice(2)).toEqual([
      `${alertId} is acknowledged\n`,
      `${alertId} is resolved\n`,
      'no alerts\n',
    ]);
    const unknown = { operation: 'resolve', scope: 'shop', note: undefined } as const;
    await expect(changeAlert(options, { ...unknown, alertId: 'no:no' })).rejects.toThrow(
      'alert_not_found',
    );
  });
});
