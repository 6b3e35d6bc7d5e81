import { handOver } from '@/app/account/buy/hand-over';

/** Serves the document of the iframe on the buy page. */
export function GET(request: Request): Promise<Response> {
  return handOver(request, 'iframe');
}
