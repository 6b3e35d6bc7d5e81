import 'server-only';

const CSV = { 'content-type': 'text/csv; charset=utf-8' };
const PDF = { 'content-type': 'application/pdf' };
const JSON_TEXT = { 'content-type': 'application/json; charset=utf-8' };

/** The files that people can save. Their names are constants (ASVS 5.0 5.4.2). */
const FILES = {
  operations: { ...CSV, 'content-disposition': 'attachment; filename="operations.csv"' },
  receipt: { ...PDF, 'content-disposition': 'attachment; filename="receipt.pdf"' },
  statement: { ...PDF, 'content-disposition': 'attachment; filename="statement.pdf"' },
  ownData: { ...JSON_TEXT, 'content-disposition': 'attachment; filename="my-data.json"' },
  customerData: { ...JSON_TEXT, 'content-disposition': 'attachment; filename="customer-data.json"' },
  timeline: { ...CSV, 'content-disposition': 'attachment; filename="timeline.csv"' },
  incidents: { ...CSV, 'content-disposition': 'attachment; filename="incidents.csv"' },
};

/** Returns a file to save. No cache keeps it, because it may hold personal data. */
export function download(file: keyof typeof FILES, content: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(content, { headers: { ...FILES[file], 'cache-control': 'no-store' } });
}
