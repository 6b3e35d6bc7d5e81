import 'server-only';
import path from 'node:path';
import PDFDocument from 'pdfkit';
import { brand } from '@/lib/brand/brand';
import type { Language } from '@/lib/choices';

/** A part of a document. */
export type Block =
  | { kind: 'text'; text: string; tone?: 'muted' | 'strong' }
  | { kind: 'heading'; text: string }
  | { kind: 'facts'; rows: { name: string; value: string }[] }
  | { kind: 'table'; columns: { name: string; share: number; isNumber?: boolean }[]; rows: string[][] };

/** What a document contains. */
export interface PdfContent {
  language: Language;
  title: string;
  blocks: Block[];
  /** At the foot of the last page. */
  footer: string;
}

const MARGIN = 56;
const MUTED = '#565e6d';
const TEXT = '#14171f';
const LINE = '#c9ced8';

/** Noto Sans has Cyrillic, Latin and currency signs. Its package is read as files: it imports React Native. */
const FONTS = path.join(process.cwd(), 'node_modules/@expo-google-fonts/noto-sans');
const REGULAR = path.join(FONTS, '400Regular/NotoSans_400Regular.ttf');
const BOLD = path.join(FONTS, '700Bold/NotoSans_700Bold.ttf');

type Pdf = InstanceType<typeof PDFDocument>;

/**
 * Writes a document as PDF for A4 (PDF/UA-1: tagged, with title and language), with the brand above it. Embeds the used
 * letters of the font only.
 */
export async function writePdf({ language, title, blocks, footer }: PdfContent): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: language,
    tagged: true,
    displayTitle: true,
    pdfVersion: '1.7',
    // The type definitions do not have it yet.
    subset: 'PDF/UA' as string as 'PDF/A-1',
    font: REGULAR,
    info: { Title: title, Author: brand.name },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => pdf.once('end', resolve).once('error', reject));
  pdf.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  const add = (type: string, draw: () => void) => root.add(pdf.struct(type, {}, draw));
  add('P', () => write(pdf, brand.name, { font: 'bold', size: 11, colour: brand.colours.light.primary }));
  pdf.moveDown(1);
  add('H1', () => write(pdf, title, { font: 'bold', size: 20 }));
  pdf.moveDown(0.5);
  for (const block of blocks) drawBlock(pdf, root, block);
  pdf.moveDown(1.5);
  add('P', () => write(pdf, footer, { size: 9, colour: MUTED }));
  root.end();
  pdf.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

interface Style {
  font?: 'regular' | 'bold';
  size?: number;
  colour?: string;
}

function write(pdf: Pdf, text: string, { font = 'regular', size = 10.5, colour = TEXT }: Style = {}): void {
  pdf.font(font).fontSize(size).fillColor(colour).text(printable(text), MARGIN);
}

function drawBlock(pdf: Pdf, root: PDFKit.PDFStructureElement, block: Block): void {
  const add = (type: string, draw: () => void) => root.add(pdf.struct(type, {}, draw));
  switch (block.kind) {
    case 'heading':
      pdf.moveDown(1);
      add('H2', () => write(pdf, block.text, { font: 'bold', size: 13 }));
      break;
    case 'text':
      pdf.moveDown(0.5);
      add('P', () =>
        write(pdf, block.text, {
          font: block.tone === 'strong' ? 'bold' : 'regular',
          colour: block.tone === 'muted' ? MUTED : TEXT,
        }),
      );
      break;
    case 'facts':
      pdf.moveDown(0.5);
      for (const { name, value } of block.rows) {
        add('P', () => write(pdf, name, { size: 9, colour: MUTED }));
        add('P', () => write(pdf, value));
        pdf.moveDown(0.4);
      }
      break;
    case 'table':
      pdf.moveDown(0.5);
      drawTable(pdf, root, block);
  }
}

function drawTable(
  pdf: Pdf,
  root: PDFKit.PDFStructureElement,
  { columns, rows }: Extract<Block, { kind: 'table' }>,
): void {
  const width = pdf.page.width - 2 * MARGIN;
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const structParent = pdf.struct('Table');
  root.add(structParent);
  pdf.fontSize(8.5).fillColor(TEXT).font('regular');
  const cellOf = (text: string, index: number, type: 'TH' | 'TD') => ({
    text: printable(text),
    type,
    ...(type === 'TH' ? { font: { src: 'bold' } } : {}),
    align: { x: columns[index]?.isNumber ? ('right' as const) : ('left' as const), y: 'top' as const },
  });
  // The type definitions do not have the structure's parent yet.
  const table = {
    position: { x: MARGIN, y: pdf.y },
    maxWidth: width,
    structParent,
    columnStyles: columns.map(({ share }) => (share / shares) * width),
    defaultStyle: { border: [0, 0, 0.5, 0] as [number, number, number, number], borderColor: LINE, padding: 4 },
    data: [
      columns.map(({ name }, index) => cellOf(name, index, 'TH')),
      ...rows.map((row) => row.map((text, index) => cellOf(text, index, 'TD'))),
    ],
  };
  pdf.table(table);
  structParent.end();
  pdf.x = MARGIN;
}

/** Leaves out what no font draws. A number's no-break spaces become ones that every font has. */
function printable(text: string): string {
  return text.replace(/[\u202f\u2009]/g, '\u00a0').replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu, ' ');
}
