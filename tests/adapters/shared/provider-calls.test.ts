import { createMercadoPagoClient } from '../../../src/adapters/mercadopago/client.ts';
import type { HttpClient } from '../../../src/ports/http-client.ts';

const answering = (status: number, body: unknown): HttpClient => ({
  send: () => Promise.resolve({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) }),
  close: () => undefined,
});
const OPTIONS = { baseUrl: 'http://a', account: '1', accessToken: 'token', currency: 'USD' };
const test = (status: number, body: unknown) =>
  createMercadoPagoClient(answering(status, body), OPTIONS).testConnection();

describe('a failure of a provider', () => {
  it('has a code, and never text that could be stored or shown by mistake', async () => {
    const cause = [{ code: 2_002 }];
    expect(await test(400, { error: 'bad_request', cause })).toMatchObject({ code: '2002' });
    expect(await test(401, { error: 'Ana Pérez <ana@example.org>' })).toEqual({
      ...{ kind: 'auth', code: 'unrecognized' },
    });
    expect(await test(400, { error: 'x'.repeat(101) })).toMatchObject({ code: 'unrecognized' });
  });
});
