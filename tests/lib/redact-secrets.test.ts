import { redactSecrets } from '../../src/lib/redact-secrets.ts';

const ID = '0123456789abcdef'.repeat(2);
const SECRET = 'fedcba9876543210'.repeat(4);

describe('A text that leaves the server', () => {
  it.each([
    ['the key of a machine', `tsk_main_${ID}_${SECRET}`],
    ['the token of a device', `dev_main_${ID}_${SECRET}`],
    ['an invitation', `inv_main_${ID}_${SECRET}`],
    ['the token of a first administrator', `setup_main_${SECRET}`],
    ['a key of the shops file', 'ts_admin_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmE'],
  ])('does not have %s', (_name, secret) => {
    expect(redactSecrets(`GET /x#${secret}: refused`)).toBe('GET /x#[redacted]: refused');
    expect(redactSecrets(`{"given":"${secret}"}`)).toBe('{"given":"[redacted]"}');
  });

  it('keeps names that only begin like one', () => {
    const text = 'dev_main, inv_total_1, setup_done, ts_admin_till and tsk_main';
    expect(redactSecrets(text)).toBe(text);
  });
});
