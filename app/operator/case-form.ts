import { getTranslations } from 'next-intl/server';
import type { CaseLabels, CaseProblem, CaseState } from '@/components/operator/case-form';
import { asForm } from '@/lib/http/form';
import { FRESH_MINUTES } from '@/lib/sessions/authentication';

/** Returns the shared texts of components/operator/case-form.tsx. @param longest the longest text. */
export async function caseLabels(longest: number): Promise<CaseLabels> {
  const t = await getTranslations('support.act');
  return {
    reason: t('reason'),
    chooseReason: t('chooseReason'),
    doing: t('doing'),
    signIn: t('signIn'),
    problems: {
      reason: t('problems.reason'),
      text: t('problems.text', { longest }),
      'sign-in-again': t('problems.sign-in-again', { minutes: FRESH_MINUTES }),
      forbidden: t('problems.forbidden'),
      'signed-out': t('problems.signed-out'),
      'too-many': t('problems.too-many'),
      unconfirmed: t('problems.unconfirmed'),
      outdated: t('problems.outdated'),
      unreachable: t('problems.unreachable'),
      unavailable: t('problems.unavailable'),
    },
  };
}

/** Keeps a form that was not carried out, with what was typed. */
export function keepCase(problem: CaseProblem, _state: CaseState, submitted: FormData): CaseState {
  const form = asForm(submitted);
  return { problem, reason: String(form.get('reason') ?? ''), text: String(form.get('text') ?? '') };
}
