import { type Answer, type ApiWorld, newKey, openWorld } from './support/api-world.ts';

const MEBIBYTE = 1_048_576;

describe('bad input', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  /** Sends a body as it is and makes sure that nothing was stored when it was refused. */
  async function send(raw: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<Answer> {
    const head = await world.log.head();
    const answer = await world.call('POST', '/notes', {
      raw,
      headers: { 'idempotency-key': newKey(), 'content-type': 'application/json', ...headers },
    });
    if (answer.status >= 400) expect(await world.log.head()).toEqual(head);
    return answer;
  }

  const errorsOf = (answer: Answer) =>
    answer.body['errors'] as { in: string; path: string; message: string }[];

  it.each([
    ['is cut off', '{"text":"a"'],
    ['has a comma too many', '{"text":"a",}'],
    ['is a bare word', 'hello'],
    ['is a number', '17'],
    ['is a string', '"text"'],
    ['is null', 'null'],
    ['has a comment', '{"text":"a"/* */}'],
  ])('answers 400 malformed_json to a body that %s', async (_case, raw) => {
    const answer = await send(raw);
    expect([answer.status, answer.body['code']]).toEqual([400, 'malformed_json']);
  });

  it('answers 400 to a body that is not UTF-8', async () => {
    const bytes = Uint8Array.from(Buffer.from('{"text":"\xff","amountMinor":1}', 'latin1'));
    const answer = await send(bytes);
    expect([answer.status, answer.body['code']]).toEqual([400, 'malformed_json']);
  });

  it('answers 400 to a missing body', async () => {
    const answer = await world.call('POST', '/notes', { headers: { 'idempotency-key': 'none' } });
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(errorsOf(answer)).toEqual([
      { in: 'body', path: '', message: 'expected object, found nothing' },
    ]);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/jsonp'],
    ['application/json; charset=latin1'],
    ['multipart/form-data'],
  ])('answers 415 to a body of type %s', async (type) => {
    const answer = await send('{"text":"a","amountMinor":1}', { 'content-type': type });
    expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_media_type']);
  });

  it('answers 415 to an encoded body', async () => {
    const answer = await send('x', { 'content-encoding': 'gzip' });
    expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_media_type']);
  });

  it.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['Application/JSON;charset="UTF-8"'],
  ])('takes a body of type %s', async (type) => {
    const answer = await send('{"text":"a","amountMinor":1}', { 'content-type': type });
    expect(answer.status).toBe(202);
  });

  it.each([
    ['a text for a number', { text: 'a', amountMinor: '1' }, '/amountMinor'],
    ['a number for a text', { text: 1, amountMinor: 1 }, '/text'],
    ['null', { text: null, amountMinor: 1 }, '/text'],
    ['a list for a text', { text: ['a'], amountMinor: 1 }, '/text'],
    ['an empty text', { text: '', amountMinor: 1 }, '/text'],
    ['too long a text', { text: 'x'.repeat(101), amountMinor: 1 }, '/text'],
    ['a negative amount', { text: 'a', amountMinor: -1 }, '/amountMinor'],
    ['a fractional amount', { text: 'a', amountMinor: 1.5 }, '/amountMinor'],
    ['a missing field', { text: 'a' }, '/amountMinor'],
    ['an unknown field', { text: 'a', amountMinor: 1, txet: 'b' }, '/txet'],
    [
      'an unknown field deep inside',
      { text: 'a', amountMinor: 1, lines: [{ quantity: 1 }, { quantity: 1, q: 2 }] },
      '/lines/1/q',
    ],
    [
      'too many lines',
      { text: 'a', amountMinor: 1, lines: Array.from({ length: 4 }, () => ({ quantity: 1 })) },
      '/lines',
    ],
    ['an unknown word', { text: 'a', amountMinor: 1, priority: 'urgent' }, '/priority'],
    ['a control character', { text: 'a\u0000b', amountMinor: 1 }, '/text'],
    ['an escape character', { text: 'a\u001b[31m', amountMinor: 1 }, '/text'],
    ['a C1 control character', { text: 'a\u0085', amountMinor: 1 }, '/text'],
    ['a vertical tab', { text: 'a\u000bb', amountMinor: 1 }, '/text'],
    ['a form feed', { text: 'a\fb', amountMinor: 1 }, '/text'],
    ['a delete character', { text: 'a\u007f', amountMinor: 1 }, '/text'],
    [
      'a control character in a name',
      { text: 'a', amountMinor: 1, labels: { 'b\u0007': 'c' } },
      '/labels/b\u0007',
    ],
  ])('answers 400 with the place to %s', async (_case, body, path) => {
    const answer = await send(JSON.stringify(body));
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(errorsOf(answer)).toMatchObject([{ in: 'body', path }]);
    expect(answer.body['detail']).toContain('expected');
  });

  it.each(['\\ud800', 'x\\udc00y', '\\udc00\\ud800'])(
    'refuses half of a surrogate pair: %s',
    async (text) => {
      const answer = await send(`{"text":"${text}","amountMinor":1}`);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
      expect(errorsOf(answer)).toMatchObject([{ path: '/text' }]);
    },
  );

  it.each(['9007199254740992', '-9007199254740992', '1e300', '1e400', '123456789012345678901'])(
    'refuses the amount %s, which JSON would lose digits of',
    async (amount) => {
      const answer = await send(`{"text":"a","amountMinor":${amount}}`);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
      expect(errorsOf(answer)).toMatchObject([{ path: '/amountMinor' }]);
    },
  );

  it('takes the largest amount there is', async () => {
    expect((await send('{"text":"a","amountMinor":9007199254740991}')).status).toBe(202);
  });

  it('accepts tabs, the line ends of every system and every letter of the world', async () => {
    const text = 'a\n\tb\r\nc\rñ 日本 👩‍🍳 \u202e';
    const answer = await send(JSON.stringify({ text, amountMinor: 1 }));
    expect([answer.status, answer.body['text']]).toEqual([202, text]);
  });

  it('accepts a body that begins with a byte order mark', async () => {
    expect((await send('\ufeff{"text":"a","amountMinor":1}')).status).toBe(202);
  });

  it('names several places at once and no more than its limit', async () => {
    const two = await send('{"text":1,"amountMinor":"x"}');
    expect(errorsOf(two).map(({ path }) => path)).toEqual(['/text', '/amountMinor']);
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, i]));
    const many = await send(JSON.stringify({ text: 'a', amountMinor: 1, ...fields }));
    expect(errorsOf(many)).toHaveLength(20);
  });

  it.each([
    '{"__proto__":{"admin":true},"text":"a","amountMinor":1}',
    '{"text":"a","amountMinor":1,"labels":{"__proto__":"x"}}',
    '{"text":"a","amountMinor":1,"anything":{"a":[{"__proto__":1}]}}',
  ])('refuses the name __proto__ anywhere: %s', async (raw) => {
    const answer = await send(raw);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('takes the last of two equal names, as JSON does', async () => {
    const answer = await send('{"text":"a","text":"b","amountMinor":1}');
    expect([answer.status, answer.body['text']]).toEqual([202, 'b']);
  });

  it('refuses nesting without end quickly', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const answer = await send(`{"text":"a","amountMinor":1,"anything":${deep}}`);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(answer.body['detail']).toContain('levels of nesting');
  });

  it('answers 413 to a body of 5 MB', async () => {
    const answer = await send(JSON.stringify({ text: 'x'.repeat(5_000_000), amountMinor: 1 }));
    expect([answer.status, answer.body['code']]).toEqual([413, 'body_too_large']);
  });

  it('reads a body of exactly 1 MiB and not one byte more', async () => {
    const around = '{"text":"a","amountMinor":1,"anything":""}'.length;
    const bodyOf = (bytes: number) =>
      `{"text":"a","amountMinor":1,"anything":"${'x'.repeat(bytes - around)}"}`;
    expect((await send(bodyOf(MEBIBYTE))).status).toBe(202);
    expect((await send(bodyOf(MEBIBYTE + 1))).status).toBe(413);
  });

  it('refuses a path that cannot be decoded', async () => {
    const answer = await world.call('GET', '/notes/%E0%A4%A');
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['a control character', '%00'],
    ['201 characters', 'x'.repeat(201)],
  ])('refuses an id with %s', async (_case, id) => {
    const answer = await world.call('GET', `/notes/${id}`);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(errorsOf(answer)).toMatchObject([{ in: 'path', path: '/noteId' }]);
  });

  it('takes dots, slashes and traps in an id as what they are: letters of an unknown id', async () => {
    for (const id of ['..%2F..%2Fetc', 'b.note', 'a%2Eb', "x'%20OR%201=1--", '__proto__']) {
      const answer = await world.call('GET', `/notes/${id}`);
      expect([id, answer.status]).toEqual([id, 404]);
    }
  });

  it('refuses a body where the operation has none', async () => {
    const answer = await world.call('POST', '/projections/notes/retry', {
      key: 'key-of-a-operator',
      json: { heal: true },
    });
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  });
});
