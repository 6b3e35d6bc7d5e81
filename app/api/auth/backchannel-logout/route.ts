import { methodNotAllowed } from '@/lib/pages/refused';
import { backchannelLogout } from '@/lib/sign-in/backchannel-logout';

export const GET = methodNotAllowed('POST');

export const POST = backchannelLogout;
