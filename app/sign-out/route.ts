import { formRoute } from '@/lib/pages/form-route';
import { methodNotAllowed } from '@/lib/pages/refused';
import { signOut } from '@/lib/sign-in/sign-out';

export const GET = methodNotAllowed('POST');

// A plain form posts here: it works without script, does not queue behind a running action, and the next page loads
// in full.
export const POST = formRoute({ unconfirmed: 'signOut', back: '/account' }, signOut);
