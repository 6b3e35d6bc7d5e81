import { reconcileRoute } from '@/lib/server/reconcile-route';

/** Schedulers of some hosts, such as Vercel Cron, can only send GET. The token is in a header that no browser adds. */
export const GET = reconcileRoute;

export const POST = reconcileRoute;
