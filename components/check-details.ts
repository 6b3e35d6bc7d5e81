import { z } from 'zod';

// Otherwise zod tries `new Function`, which the content security policy blocks and the browser reports.
z.config({ jitless: true });

export { parseDetails } from '@/lib/customers/details-schema';
