import { createJudge, TIME_LIMIT_MS } from './judge.ts';
import { markOf, type Plan } from './plan.ts';
import { allRoutes } from './shops.ts';

const judge = createJudge(allRoutes());

const plan: Plan = {
  operationId: 'getLiveness',
  about: 'as documented',
  shop: 'a',
  method: 'GET',
  target: '/health/live',
  headers: [],
  delivery: 'whole',
};

const problem = (more: Record<string, unknown> = {}) => ({
  type: '/docs/errors#not_found',
  title: 'Resource not found',
  status: 404,
  code: 'not_found',
  detail: 'there is nothing',
  errors: [],
  requestId: 'r',
  docUrl: '/docs/errors#not_found',
  retryable: false,
  ...more,
});

function judged(
  status: number,
  body: unknown,
  more: { type?: string; tookMs?: number; plan?: Partial<Plan>; headers?: [string, string][] } = {},
): string[] {
  const { type = status < 400 ? 'application/json' : 'application/problem+json' } = more;
  const text = JSON.stringify(body);
  const headers = [['content-type', type] as const, ...(more.headers ?? [])];
  const answer = { status, headers, body: text, text: `${JSON.stringify(headers)}${text}` };
  const asked = { ...plan, ...more.plan };
  return judge.findings(asked, { answer, tookMs: more.tookMs ?? 1 }, asked.target);
}

describe('the judge of the fuzz run', () => {
  it('has nothing against what is as promised', () => {
    expect(judged(200, { status: 'ok' })).toEqual([]);
    expect(judged(404, problem())).toEqual([]);
  });

  it.each([
    ['a bug', () => judged(500, problem({ status: 500, code: 'internal' }))],
    ['an overload that is none', () => judged(503, problem({ status: 503, code: 'overloaded' }))],
    ['an error that is no problem', () => judged(404, problem(), { type: 'text/html' })],
    ['a problem with a field too many', () => judged(404, problem({ stack: 'at x' }))],
    ['a problem without its request', () => judged(404, problem({ requestId: undefined }))],
    ['a code of no table', () => judged(404, problem({ code: 'oops' }))],
    ['a code of another status', () => judged(409, problem({ status: 409 }))],
    ['an answer with a field too many', () => judged(200, { status: 'ok', salt: 1 })],
    ['an answer without a field', () => judged(200, {})],
    ['another success', () => judged(202, { status: 'ok' })],
    ['a success where no route is', () => judged(200, {}, { plan: { target: '/no' } })],
    ['a mark of the other shop', () => judged(404, problem({ detail: markOf('b') }))],
    ['a mark in a header', () => judged(404, problem(), { headers: [['etag', markOf('b')]] })],
    ['an injected header', () => judged(404, problem(), { headers: [['x-injected', '1']] })],
    ['words of our insides', () => judged(404, problem({ detail: 'SQLITE_BUSY' }))],
    ['slowness', () => judged(404, problem(), { tookMs: TIME_LIMIT_MS + 1 })],
    ['a wrong refusal', () => judged(404, problem(), { plan: { expects: 'unauthenticated' } })],
  ])('finds %s', (_what, findings) => {
    expect(findings().length).toBeGreaterThan(0);
  });

  it('finds silence, but not after the client itself hung up', () => {
    const silence = { answer: undefined, tookMs: 1 };
    expect(judge.findings(plan, silence, plan.target)).toEqual(['no answer']);
    expect(judge.findings({ ...plan, delivery: 'cut-off' }, silence, plan.target)).toEqual([]);
  });
});
