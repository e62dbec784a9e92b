import fc from 'fast-check';

import {
  signAsMercadoPago,
  signAsQuickBooks,
  signAsSquare,
  signAsStripe,
} from '../../../simulators/webhooks/signatures.ts';
import { openWebhookSources } from '../../../src/boot/open-webhook-sources.ts';
import type { Provider } from '../../../src/domain/kernel/providers.ts';
import type { WebhookRequest, WebhookSource } from '../../../src/ports/webhook-sources.ts';
import { readProjectFile } from '../../architecture/project-files.ts';

interface Vector {
  readonly provider: string;
  readonly name: string;
  readonly secret: string;
  readonly url?: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { vectors } = JSON.parse(readProjectFile('tests/support/webhooks/vectors.json')) as {
  readonly vectors: readonly Vector[];
};
const PROVIDER_OF: Readonly<Record<string, Provider>> = { 'mailchimp-transactional': 'mailchimp' };

/** An app with the vector's secret, and what it would be configured with besides. */
function sourceOf(vector: Vector, more: Readonly<Record<string, unknown>> = {}): WebhookSource {
  const provider = PROVIDER_OF[vector.provider] ?? (vector.provider as Provider);
  const { secret, url } = vector;
  const app = { provider, app: 'main', secrets: ['another', secret], accounts: { acc: 'a' } };
  const sources = openWebhookSources(JSON.stringify([{ ...app, ...(url && { url }), ...more }]));
  const source = sources.find(provider, 'main');
  if (!source) throw new Error('expected the app');
  return source;
}

function requestOf({ headers, body, query = '' }: Omit<Vector, 'provider' | 'name' | 'secret'>) {
  const request: WebhookRequest = {
    body: Buffer.from(body, 'utf8'),
    header: (name) => headers[name],
    query: query.replace(/^\?/, ''),
  };
  return request;
}

const isSigned = (vector: Vector, more: Partial<Vector> = {}) =>
  sourceOf(vector).isSigned(requestOf({ ...vector, ...more }));

const ofProvider = (name: string) => {
  const found = vectors.find(({ provider }) => provider === name);
  if (!found) throw new Error(`expected a vector of ${name}`);
  return found;
};
const T = 1_768_500_000;

describe('The vectors of the providers', () => {
  it('are there for each scheme that signs', () => {
    expect(vectors.map(({ provider }) => provider).sort()).toEqual(
      ['mailchimp-transactional', 'mercadopago', 'quickbooks', 'square', 'stripe'].sort(),
    );
  });

  it.each(vectors.map((vector) => [`${vector.provider}: ${vector.name}`, vector] as const))(
    'are valid as they stand, and with no other secret, body or signature: %s',
    (_name, vector) => {
      expect(isSigned(vector)).toBe(true);
      expect(isSigned({ ...vector, secret: `${vector.secret}x` })).toBe(false);
      expect(isSigned(vector, { headers: {} })).toBe(false);
      // The body of Mercado Pago is not signed: its content is never believed.
      const isBodySigned = vector.provider !== 'mercadopago';
      if (isBodySigned) expect(isSigned(vector, { body: `${vector.body} ` })).toBe(false);
    },
  );

  it.each(vectors.map((vector) => [vector.provider, vector] as const))(
    'are invalid with any other byte of the signature: %s',
    (_name, vector) => {
      const [header = ''] = Object.keys(vector.headers).filter((name) => /signature/.test(name));
      const found = vector.headers[header] ?? '';
      // Not the name of a part, such as `t=`, which is no digit of it.
      const from = /v1=/.test(found) ? found.indexOf('v1=') + 3 : 0;
      const places = fc.integer({ min: from, max: found.length - 1 });
      fc.assert(
        fc.property(places, fc.constantFrom('0', 'f', 'A', 'z', '+', '=', ' ', ','), (i, other) => {
          if (found[i]?.toLowerCase() === other.toLowerCase()) return;
          const changed = found.slice(0, i) + other + found.slice(i + 1);
          const headers = { ...vector.headers, [header]: changed };
          expect(isSigned(vector, { headers })).toBe(false);
        }),
      );
    },
  );

  it('are those that the simulators make', () => {
    const [square, stripe] = [ofProvider('square'), ofProvider('stripe')];
    const [quickbooks, mercadopago] = [ofProvider('quickbooks'), ofProvider('mercadopago')];
    expect(signAsSquare(square.secret, square.url ?? '', square.body)).toMatchObject({
      headers: square.headers,
    });
    expect(signAsQuickBooks(quickbooks.secret, quickbooks.body).headers).toEqual(
      quickbooks.headers,
    );
    expect(signAsStripe(stripe.secret, T, stripe.body).headers).toMatchObject(stripe.headers);
    const { secret, body, query, headers } = mercadopago;
    const requestId = headers['x-request-id'] ?? '';
    const notice = { dataId: '1234567890', type: 'payment', requestId, ts: String(T), body };
    expect(signAsMercadoPago(secret, notice)).toEqual({ query, headers, body });
  });
});

describe('Square', () => {
  const vector = ofProvider('square');

  it('signs the registered address: a slash at its end is another one', () => {
    const other = { ...vector, url: `${vector.url}/` };
    expect(sourceOf(other).isSigned(requestOf(vector))).toBe(false);
  });

  it('may have its signature with the prefix of a relay', () => {
    const name = 'x-square-hmacsha256-signature';
    const headers = { ...vector.headers, [name]: `sha256=${vector.headers[name]}` };
    expect(isSigned(vector, { headers })).toBe(true);
  });
});

describe('Mercado Pago', () => {
  const vector = ofProvider('mercadopago');
  const signed = (dataId: string, ts = String(T)) => {
    const notice = { dataId, type: 'order', requestId: 'r-1', ts, body: '{}' };
    return requestOf(signAsMercadoPago(vector.secret, notice));
  };

  it('signs ids with letters in lower case', () => {
    expect(sourceOf(vector).isSigned(signed('ORD01JQ4S4KY8HWQ6NA5PXB65B3D3'))).toBe(true);
  });

  it('signs no other id, request or time', () => {
    const { headers } = vector;
    const other = (query: string, more: object = {}) =>
      isSigned(vector, { query, headers: { ...headers, ...more } });
    expect(other('?data.id=1234567891&type=payment')).toBe(false);
    expect(other(vector.query ?? '', { 'x-request-id': 'another' })).toBe(false);
    const late = (headers['x-signature'] ?? '').replace(String(T), String(T + 1));
    expect(other(vector.query ?? '', { 'x-signature': late })).toBe(false);
  });

  it('may write its time in seconds or milliseconds, of the last days, not of the future', () => {
    const source = sourceOf(vector);
    const nowMs = T * 1_000;
    const ages = ['1768500000', '1768500000683', '1767900001'].map((ts) =>
      source.isStale(signed('1', ts), nowMs),
    );
    expect(ages).toEqual([false, false, false]);
    const wrong = ['1767890000', '1768500301', '1768500301000'].map((ts) =>
      source.isStale(signed('1', ts), nowMs),
    );
    expect(wrong).toEqual([true, true, true]);
  });
});

describe('Stripe', () => {
  const vector = ofProvider('stripe');
  const source = sourceOf(vector);

  it('signs a time that is valid for five minutes', () => {
    const request = requestOf(vector);
    const at = (seconds: number) => source.isStale(request, (T + seconds) * 1_000);
    expect([at(10), at(300), at(-300)]).toEqual([false, false, false]);
    expect([at(301), at(-301)]).toEqual([true, true]);
  });

  it('may sign with two secrets during an exchange, and only v1 counts', () => {
    const right = vector.headers['stripe-signature'] ?? '';
    const [time = '', v1 = ''] = right.split(',');
    const none = `v1=${'0'.repeat(64)}`;
    const signed = (text: string) =>
      source.isSigned(requestOf({ ...vector, headers: { 'stripe-signature': text } }));
    expect(signed(`${time},${none},${v1}`)).toBe(true);
    expect(signed(`${time},${v1.replace('v1', 'v0')}`)).toBe(false);
    expect(signed(v1)).toBe(false);
  });
});
