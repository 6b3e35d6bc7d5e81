'use client';

import type { ReactNode } from 'react';
import type { SendFailure } from '@/components/load-failures';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { useKeptForm } from '@/components/use-kept-form';
import { TextAreaField } from './text-area-field';

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

interface FieldProps {
  labels: CaseLabels;
  /** The reasons to choose from; none for a note. */
  reasons?: { code: string; label: string }[];
  text: { label: string; hint: string; longest: number };
  state?: CaseState;
  readOnly?: boolean;
}

/** Shows the fields of a reason and a text. */
export function CaseFields({ labels, reasons, text, state = {}, readOnly }: FieldProps) {
  return (
    <>
      {reasons && (
        <SelectField
          id="reason"
          name="reason"
          label={labels.reason}
          required
          aria-invalid={state.problem === 'reason' ? true : undefined}
          defaultValue={state.reason ?? ''}
        >
          <option value="">{labels.chooseReason}</option>
          {reasons.map(({ code, label }) => (
            <option key={code} value={code}>
              {label}
            </option>
          ))}
        </SelectField>
      )}
      <TextAreaField
        id={reasons ? 'text' : 'note'}
        name="text"
        label={text.label}
        hint={text.hint}
        required={!reasons}
        maxLength={text.longest}
        aria-invalid={state.problem === 'text' ? true : undefined}
        defaultValue={state.text}
        readOnly={readOnly}
      />
    </>
  );
}

interface Props extends Pick<FieldProps, 'labels' | 'reasons' | 'text'> {
  action: CaseAction;
  /** What the form is about: names and values of hidden fields. */
  about: Record<string, string | number>;
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
      <CaseFields {...{ labels, reasons, text }} state={{ ...posted, problem }} readOnly={pending} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant={variant} aria-disabled={pending}>
          {pending ? labels.doing : submit}
        </Button>
        {children}
      </div>
    </form>
  );
}
