export interface Ran {
  file: string;
  titles: string[];
  status: 'passed' | 'failed' | 'skipped';
}
export function testsNamedIn(markdown: string): { file: string; title: string }[];
export function testsOfVitest(report: object, root: string): Ran[];
export function testsOfPlaywright(report: object, root: string): Ran[];
export function problemOf(ran: Ran[], file: string, title?: string): string | null;
