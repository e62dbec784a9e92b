import { type CampaignReport, runCampaign } from './campaign.ts';
import { fuzzKey, markOf } from './plan.ts';
import { allRoutes, type FuzzServer, startFuzzServer } from './shops.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_124);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 3_000);
/** Of the whole process, both threads, under any number of these requests. */
const MEMORY_LIMIT_MIB = 700;
/**
 * Operations that are carried out at least once, of 183. Some never are, for nothing here can block a
 * read model or raise an alert; others need an order that happens to be paid.
 */
const CARRIED_OUT = 140;

describe('a server that is asked anything', () => {
  let server: FuzzServer;
  let report: CampaignReport;

  beforeAll(async () => {
    server = await startFuzzServer();
    report = await runCampaign({ server, routes: allRoutes(), seed: SEED, requests: REQUESTS });
    const { sent, byStatus, slowestMs } = report;
    const told = `FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}: sent ${sent}`;
    const done = [...report.carriedOut.values()].filter((count) => count > 0).length;
    const figures = `slowest ${Math.round(slowestMs)} ms, ${done} operations carried out`;
    console.log(`${told}, ${figures}, ${JSON.stringify(byStatus)}`);
  }, 1_800_000);
  afterAll(async () => {
    await server.stop();
    server.remove();
  });

  async function ask(path: string, shop: 'a' | 'b', role: 'operator' | 'manager') {
    const headers = { authorization: `Bearer ${fuzzKey(shop, role)}` };
    const answer = await fetch(`${server.url}${path}`, { headers });
    expect(answer.status).toBe(200);
    return answer.text();
  }

  it('keeps every promise about answers: no 5xx, problems, schemas, isolation, time', () => {
    expect(report.findings).toEqual([]);
    expect(report.sent).toBe(REQUESTS);
  });

  it('carries out nearly every operation, so that more than refusals are seen', () => {
    const times = [...report.carriedOut.values()];
    expect(times.filter((count) => count > 0).length).toBeGreaterThanOrEqual(CARRIED_OUT);
  });

  it('shows each shop its own marks, so that marks of the other would have been seen', async () => {
    // Names of people may have been erased on the way; those of devices never are.
    for (const shop of ['a', 'b'] as const) {
      expect(await ask('/devices?limit=200', shop, 'manager')).toContain(markOf(shop));
    }
  });

  it('has met no bug and lost no read model on the way', async () => {
    expect(server.output()).not.toMatch(/bug|uncaught exception/);
    const health = JSON.parse(await ask('/health', 'a', 'operator')) as {
      projections: { blocked: string[] };
    };
    expect(health.projections.blocked).toEqual([]);
  });

  it('stays within its memory', async () => {
    const details = JSON.parse(await ask('/health/detailed', 'a', 'operator')) as {
      memory: { residentMiB: number };
    };
    expect(details.memory.residentMiB).toBeLessThan(MEMORY_LIMIT_MIB);
  });
});
