import { inflateSync } from 'node:zlib';

import { createPdfReceipts } from '../../../src/adapters/receipts/pdf.ts';
import type { PrintedReceipt } from '../../../src/ports/receipt-renderer.ts';

const receipts = createPdfReceipts();

const RECEIPT: PrintedReceipt = {
  fileName: 'Order-7.pdf',
  title: 'Café Ñandú',
  notes: ['Order 7', 'Date: 2030-01-31'],
  rows: [{ text: '2 x Mate', amount: '12.50 USD' }],
  sums: [{ text: 'Total', amount: '12.50 USD' }],
  madeAt: '2030-01-31T12:00:00.000Z',
};

/** The texts of a PDF, as its pages draw them. */
function textsIn(file: Uint8Array): string {
  const bytes = Buffer.from(file);
  const source = bytes.toString('latin1');
  const texts: string[] = [];
  for (const match of source.matchAll(/stream\r?\n/g)) {
    const start = match.index + match[0].length;
    const end = source.indexOf('endstream', start);
    let page: string;
    try {
      page = inflateSync(bytes.subarray(start, end)).toString('latin1');
    } catch {
      continue;
    }
    for (const [array] of page.matchAll(/\[[^\]]*\] TJ/g)) {
      const hex = [...array.matchAll(/<([0-9a-f]+)>/gi)].map(([, digits = '']) => digits).join('');
      texts.push(Buffer.from(hex, 'hex').toString('latin1'));
    }
  }
  return texts.join('\n');
}

describe('Receipts as PDF', () => {
  it('let other work run while a long one is printed', async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => ({
      text: `Row ${i}`,
      amount: '1.00 USD',
    }));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    await receipts.render(RECEIPT);
    setImmediate(count);
    const file = await receipts.render({ ...RECEIPT, rows });
    isDone = true;
    expect(turns).toBeGreaterThan(20);
    expect(textsIn(file)).toContain('Row 999');
  });

  it('say what was sold and its total, with accents', async () => {
    const file = await receipts.render(RECEIPT);
    expect(Buffer.from(file).toString('latin1', 0, 5)).toBe('%PDF-');
    const texts = textsIn(file);
    for (const text of ['Café Ñandú', 'Order 7', '2 x Mate', '12.50 USD', 'Total']) {
      expect(texts).toContain(text);
    }
  });

  it('are the same bytes each time, for a message that is sent again', async () => {
    const [first, second] = [await receipts.render(RECEIPT), await receipts.render(RECEIPT)];
    expect(Buffer.compare(first as Buffer, second as Buffer)).toBe(0);
  });

  it('print a question mark for what their fonts cannot show', async () => {
    const texts = textsIn(await receipts.render({ ...RECEIPT, title: 'Té \u{1f375} 茶 \u0000' }));
    expect(texts).toContain('Té ? ? ?');
  });

  it('go on over further pages', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({
      text: `Line ${i} ${'with a long name '.repeat(8)}`,
      amount: `${i}.00 USD`,
    }));
    const file = await receipts.render({ ...RECEIPT, rows });
    expect(textsIn(file)).toContain('499.00 USD');
    expect(
      Buffer.from(file)
        .toString('latin1')
        .match(/\/Type \/Page\b/g)?.length,
    ).toBeGreaterThan(10);
  });
});
