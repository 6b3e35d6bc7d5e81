import type { MetadataRoute } from 'next';

/** What search engines may read: the pages that anybody can see. */
export default function robots(): MetadataRoute.Robots {
  return { rules: { userAgent: '*', allow: '/', disallow: ['/account', '/operator', '/api/', '/preferences'] } };
}
