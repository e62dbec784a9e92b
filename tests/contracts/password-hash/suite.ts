import type { PasswordHash } from '../../../src/ports/password-hash.ts';

/** What every implementation of the port must do. */
export function passwordHashContract(name: string, create: () => PasswordHash): void {
  describe(`The password hash port: ${name}`, () => {
    const texts = ['seven wet umbrellas', '', ' ', 'contraseña ñandú', '密码🔑'.repeat(40), '0000'];

    it.each(texts)('verifies its own hash of %j, and no other text', async (text) => {
      const passwords = create();
      const hash = await passwords.hash(text);
      expect(hash).not.toBe(text);
      expect(await passwords.verify(text, hash)).toBe(true);
      for (const other of [`${text}x`, `x${text}`, 'another one']) {
        expect(await passwords.verify(other, hash)).toBe(false);
      }
    });

    it.each(['', 'no hash', '$argon2id$v=19$m=19456,t=2,p=1$x$y', '$2b$10$short', '$2b$99$x'])(
      'takes %j for the hash of no text',
      async (stored) => {
        const passwords = create();
        expect(await passwords.verify('', stored)).toBe(false);
        expect(await passwords.verify('seven wet umbrellas', stored)).toBe(false);
      },
    );

    it('finds its own hashes up to date', async () => {
      const passwords = create();
      expect(passwords.isOutdated(await passwords.hash('seven wet umbrellas'))).toBe(false);
    });

    it('has a decoy that is a hash, of a text that is unknown', async () => {
      const passwords = create();
      const decoy = await passwords.decoy();
      expect(passwords.isOutdated(decoy)).toBe(false);
      for (const text of texts) expect(await passwords.verify(text, decoy)).toBe(false);
    });
  });
}
