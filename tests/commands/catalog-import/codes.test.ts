import { PRODUCT_CODES, productActionFor } from '../../../src/commands/catalog-import/codes.ts';
import { ITEM_CODES, NOTICE_CODES } from '../../../src/commands/square-import/codes.ts';
import { ERRORS } from '../../../src/domain/kernel/errors.ts';
import { readProjectFile } from '../../architecture/project-files.ts';

describe('the codes of imported products', () => {
  it('are documented, each with an anchor and its outcome', () => {
    const lines = readProjectFile('docs/reference/errors.md').split('\n');
    for (const [code, { outcome }] of Object.entries(PRODUCT_CODES)) {
      expect(lines.find((line) => line.includes(`id="${code}"`))).toContain(`\`${outcome}\``);
    }
  });

  it('differ from all others, and have an action like these', () => {
    const others = { ...ERRORS, ...ITEM_CODES, ...NOTICE_CODES };
    expect(Object.keys(PRODUCT_CODES).filter((code) => code in others)).toEqual([]);
    for (const code of [...Object.keys(PRODUCT_CODES), ...Object.keys(ERRORS)]) {
      expect(productActionFor(code)).toMatch(/\.$/);
    }
  });
});
