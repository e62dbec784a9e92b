import { actionFor, ITEM_CODES, NOTICE_CODES } from '../../../src/commands/square-import/codes.ts';
import { ERRORS } from '../../../src/domain/kernel/errors.ts';
import { readProjectFile } from '../../architecture/project-files.ts';

describe('the codes of an import', () => {
  const codes = [...Object.keys(ITEM_CODES), ...Object.keys(NOTICE_CODES)];

  it('are documented, each with an anchor and its outcome', () => {
    const page = readProjectFile('docs/reference/errors.md');
    const rows = codes.map((code) =>
      page.split('\n').find((line) => line.includes(`id="${code}"`)),
    );

    expect(rows).not.toContain(undefined);
    for (const [i, { outcome }] of Object.values(ITEM_CODES).entries()) {
      expect(rows[i]).toContain(`\`${outcome}\``);
    }
  });

  it('differ from those of the error table, and have an action like these', () => {
    expect(codes.filter((code) => code in ERRORS)).toEqual([]);
    for (const code of [...codes, ...Object.keys(ERRORS)]) expect(actionFor(code)).toMatch(/\.$/);
  });
});
