import type { ContainerSource, ServerSource } from './find.ts';

/** `describe` where the server is available; else one line with the reason for the skip. */
export function describeWith(
  source: ServerSource | ContainerSource,
  name: string,
  body: () => void,
): void {
  if (source.kind !== 'none') {
    describe(name, body);
    return;
  }
  process.stderr.write(`skipped: ${name}: ${source.reason}\n`);
  describe.skip(name, () => {
    it('needs a server', () => undefined);
  });
}
