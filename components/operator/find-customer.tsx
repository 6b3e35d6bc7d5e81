'use client';

import Link from 'next/link';
import type { SendFailure } from '@/components/load-failures';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { useFocusOn } from '@/components/use-focus-on';
import { useKeptForm } from '@/components/use-kept-form';

/** State of the form after a search that did not lead to a single customer. */
export interface FindState {
  problem?:
    | 'empty'
    | 'too-short'
    | 'none'
    | 'too-common'
    | 'kuna-unavailable'
    | 'forbidden'
    | 'signed-out'
    | 'too-many'
    | SendFailure;
  typed?: string;
  /** Several customers, described in the operator's language. */
  results?: { summary: string; people: FoundPerson[] };
}

interface FoundPerson {
  userId: string;
  name: string;
  email: string | null;
  phone: string | null;
  standing: string;
}

export type FindAction = (state: FindState, form: FormData) => Promise<FindState>;

export interface FindLabels {
  label: string;
  hint: string;
  find: string;
  finding: string;
  problems: Record<NonNullable<FindState['problem']>, string>;
}

/** Finds customers. Posts, because personal data in a URL would end up in logs and in the browser's history. */
export function FindCustomer({ action, labels }: { action: FindAction; labels: FindLabels }) {
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (problem): FindState => ({ problem }),
  });
  const field = useFocusOn<HTMLInputElement>(state);
  return (
    <search className="w-full py-2">
      <form {...formProps} className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-64 sm:max-w-xl">
          <TextField
            ref={field}
            id="find"
            name="find"
            type="search"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            enterKeyHint="search"
            maxLength={300}
            label={labels.label}
            hint={labels.hint}
            aria-invalid={state.problem ? true : undefined}
            aria-describedby="find-hint find-outcome"
            defaultValue={posted.typed}
            readOnly={pending}
          />
        </div>
        <Button type="submit" variant="secondary" aria-disabled={pending} className="sm:mt-7.5">
          {pending ? labels.finding : labels.find}
        </Button>
      </form>
      <div id="find-outcome" role="status" className="font-medium">
        {state.problem && <p className="mt-2 text-destructive text-sm">{labels.problems[state.problem]}</p>}
        {state.results && <p className="mt-3">{state.results.summary}</p>}
      </div>
      {state.results && <FoundPeople people={state.results.people} label={state.results.summary} />}
    </search>
  );
}

function FoundPeople({ people, label }: { people: FoundPerson[]; label: string }) {
  return (
    <ul aria-label={label} className="mt-1 divide-y divide-border">
      {people.map(({ userId, name, email, phone, standing }) => (
        <li key={userId} className="flex flex-wrap items-center gap-x-6 py-1 text-sm">
          <Link
            href={`/operator/customers/${userId}`}
            prefetch={false}
            className="flex min-h-11 min-w-0 basis-56 items-center font-medium text-base text-primary underline [overflow-wrap:anywhere]"
          >
            {name}
          </Link>
          {email && <span className="[overflow-wrap:anywhere]">{email}</span>}
          {phone && <span className="text-muted-foreground">{phone}</span>}
          <span>{standing}</span>
        </li>
      ))}
    </ul>
  );
}
