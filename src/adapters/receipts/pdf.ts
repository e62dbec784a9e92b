import type { PrintedReceipt, ReceiptRenderer } from '../../ports/receipt-renderer.ts';

/** In points, 72 to the inch: the width of an A5 page. */
const PAGE = { size: 'A5', margin: 40 } as const;
const GAP = 12;
const AMOUNT_WIDTH = 100;
const FONT = 'Helvetica';
const BOLD = 'Helvetica-Bold';

/**
 * What the fonts that each reader of PDF has can show: Latin letters with their accents, and a few
 * signs. Anything else is printed as a question mark, never as another letter.
 */
const UNPRINTABLE =
  /[^\x20-\x7e\xa0-\xff\u20ac\u2013\u2014\u2018-\u201e\u2022\u2026\u0152\u0153]/gu;

/** A long receipt takes tenths of a second: other work runs between its rows. */
const ROWS_PER_TURN = 20;
const otherWork = () => new Promise<void>((resolve) => setImmediate(resolve));

const printable = (text: string) => text.normalize('NFC').replace(UNPRINTABLE, '?');

/** Receipts as PDF. The library is loaded with the first one, which keeps the start fast. */
export function createPdfReceipts(): ReceiptRenderer {
  return {
    async render(receipt) {
      const { default: PDFDocument } = await import('pdfkit');
      const made = new Date(receipt.madeAt);
      const document = new PDFDocument({
        ...PAGE,
        info: { Title: printable(receipt.title), CreationDate: made, ModDate: made },
      });
      const chunks: Buffer[] = [];
      const ended = new Promise<void>((resolve, reject) => {
        document.on('data', (chunk: Buffer) => chunks.push(chunk));
        document.on('end', resolve);
        document.on('error', reject);
      });
      await print(document, receipt);
      document.end();
      await ended;
      return Buffer.concat(chunks);
    },
  };
}

async function print(
  document: PDFKit.PDFDocument,
  { title, notes, rows, sums }: PrintedReceipt,
): Promise<void> {
  document.font(BOLD).fontSize(14).text(printable(title));
  document.font(FONT).fontSize(9);
  for (const note of notes) document.text(printable(note));
  document.moveDown();
  for (const [place, row] of rows.entries()) {
    if (place % ROWS_PER_TURN === ROWS_PER_TURN - 1) await otherWork();
    printRow(document, row);
  }
  document.moveDown();
  for (const [place, sum] of sums.entries()) {
    document.font(place === sums.length - 1 ? BOLD : FONT);
    printRow(document, sum);
  }
}

/** A text on the left, which may take several lines, and its amount on the right. */
function printRow(
  document: PDFKit.PDFDocument,
  row: { readonly text: string; readonly amount: string },
): void {
  const { left, right, bottom } = document.page.margins;
  const width = document.page.width - left - right;
  const text = printable(row.text);
  const textWidth = width - AMOUNT_WIDTH - GAP;
  const height = document.heightOfString(text === '' ? ' ' : text, { width: textWidth });
  if (document.y + height > document.page.height - bottom) document.addPage();
  const top = document.y;
  document.text(printable(row.amount), left + width - AMOUNT_WIDTH, top, {
    ...{ width: AMOUNT_WIDTH, align: 'right', lineBreak: false },
  });
  document.text(text, left, top, { width: textWidth });
  document.x = left;
  document.y = top + height;
}
