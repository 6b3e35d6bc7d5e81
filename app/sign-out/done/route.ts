import { finishSignOut } from '@/lib/sign-in/sign-out';

export const GET = finishSignOut;
