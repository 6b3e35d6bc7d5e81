import { handOver } from '@/app/account/buy/hand-over';

/** Leads a tab of its own, opened by the buy page, to the widget. */
export function GET(request: Request): Promise<Response> {
  return handOver(request, 'document');
}
