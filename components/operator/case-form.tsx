'use client';

import type { ReactNode } from 'react';
import type { SendFailure } from '@/components/load-failures';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { useKeptForm } from '@/components/use-kept-form';

/** Why a form about a customer was not carried out. */
export type CaseProblem =
  | 'reason'
  | 'text'
  | 'sign-in-again'
  | 'forbidden'
  | 'signed-out'
  | 'too-many'
  | 'unconfirmed'
  | SendFailure;

/** State of a form that was not carried out, with what was typed. */
export interface CaseState {
  problem?: CaseProblem;
  reason?: string;
  text?: string;
}

export type CaseAction = (state: CaseState, form: FormData) => Promise<CaseState>;

/** The texts that all forms about a customer share. */
export interface CaseLabels {
  reason: string;
  chooseReason: string;
  doing: string;
  signIn: string;
  problems: Record<CaseProblem, string>;
}

interface Props {
  action: CaseAction;
  labels: CaseLabels;
  /** What the form is about: names and values of hidden fields. */
  about: Record<string, string | number>;
  /** The reasons to choose from; none for a note. */
  reasons?: { code: string; label: string }[];
  text: { label: string; hint: string; longest: number };
  /** Leads through a new sign-in, in another tab. */
  signInPath: string;
  submit: string;
  variant?: 'secondary';
  /** Shown beside the button. */
  children?: ReactNode;
}

/** A reason and a text about a customer. Keeps what an operator typed until it is stored, and works without script. */
export function CaseForm({ action, labels, about, reasons, text, signInPath, submit, variant, children }: Props) {
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (problem): CaseState => ({ problem }),
  });
  const { problem } = state;
  const textId = reasons ? 'text' : 'note';
  return (
    <form {...formProps} className="space-y-5">
      {Object.entries(about).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {problem && (
        <Notice tone="bad" alert>
          <p>{labels.problems[problem]}</p>
          {(problem === 'sign-in-again' || problem === 'signed-out') && (
            <a href={signInPath} target="_blank" rel="noreferrer" className="font-semibold underline">
              {labels.signIn}
            </a>
          )}
        </Notice>
      )}
      {reasons && (
        <SelectField
          id="reason"
          name="reason"
          label={labels.reason}
          required
          aria-invalid={problem === 'reason' ? true : undefined}
          defaultValue={posted.reason ?? ''}
        >
          <option value="">{labels.chooseReason}</option>
          {reasons.map(({ code, label }) => (
            <option key={code} value={code}>
              {label}
            </option>
          ))}
        </SelectField>
      )}
      <div className="space-y-1.5">
        <label htmlFor={textId} className="font-medium">
          {text.label}
        </label>
        <textarea
          id={textId}
          name="text"
          rows={3}
          required={!reasons}
          maxLength={text.longest}
          aria-invalid={problem === 'text' ? true : undefined}
          aria-describedby={`${textId}-hint`}
          defaultValue={posted.text}
          readOnly={pending}
          className="field-control"
        />
        <p id={`${textId}-hint`} className="field-hint">
          {text.hint}
        </p>
      </div>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant={variant} aria-disabled={pending}>
          {pending ? labels.doing : submit}
        </Button>
        {children}
      </div>
    </form>
  );
}
