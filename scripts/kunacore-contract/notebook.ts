import type { Answer, Contract } from '../../lib/kunacore/contract';
import { mergeShapes, shapeOf } from '../../lib/kunacore/shape';
import { documentedProblems } from './documented';
import type { Exchange } from './exchange';
import type { Question } from './questions';

/** One line of the report. A `failed` one contradicts the documentation, or keeps the portal from working. */
export interface Finding {
  kind: 'ok' | 'note' | 'failed';
  text: string;
}

/** Collects what a run finds out. It keeps names of keys, types and statuses, never values of a customer. */
export class Notebook {
  readonly findings: Finding[] = [];
  readonly answers = new Map<Question, Answer>();
  readonly endpoints: Contract['endpoints'] = {};
  readonly headers = new Set<string>();

  constructor(private readonly tell: (finding: Finding) => void = () => {}) {}

  ok(text: string): void {
    this.#add({ kind: 'ok', text });
  }

  note(text: string): void {
    this.#add({ kind: 'note', text });
  }

  fail(text: string): void {
    this.#add({ kind: 'failed', text });
  }

  /** Records an answer. Null when it could not be told, with the reason as evidence. */
  answer(question: Question, answer: Answer['answer'], evidence: string): void {
    this.answers.set(question, { answer, evidence });
  }

  /** Records a response. @returns whether it is a success that fits the documentation. */
  see(exchange: Exchange): boolean {
    const { path, status, headers, body, ok } = exchange;
    for (const name of headers.keys()) if (/rate-?limit|^retry-after$/i.test(name)) this.headers.add(name);
    if (!ok) return false;
    const known = this.endpoints[path] ?? { statuses: [], shape: {} };
    const shape = body === undefined ? {} : shapeOf(body);
    const isFirst = known.statuses.length === 0;
    this.endpoints[path] = {
      statuses: [...new Set([...known.statuses, status])].sort(),
      shape: isFirst ? shape : mergeShapes(known.shape, shape),
    };
    const problems = documentedProblems(exchange);
    for (const problem of problems) this.fail(`${path}: ${problem}`);
    return problems.length === 0;
  }

  #add(finding: Finding): void {
    if (this.findings.some(({ text }) => text === finding.text)) return;
    this.findings.push(finding);
    this.tell(finding);
  }
}
