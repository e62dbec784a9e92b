import fc from 'fast-check';

import { joinEscaped, splitEscaped } from '../../src/lib/escaped-list.ts';

describe('joined texts', () => {
  it('split into the same texts, whatever they hold', () => {
    const part = fc.string({ minLength: 1, unit: fc.constantFrom('a', '/', '\\', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(splitEscaped(joinEscaped(parts, '/'), '/')).toEqual(parts);
      }),
    );
  });

  it('keep a backslash at the end', () => {
    expect(splitEscaped('a/b\\', '/')).toEqual(['a', 'b\\']);
  });
});
