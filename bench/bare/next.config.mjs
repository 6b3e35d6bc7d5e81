/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The packages are linked from the repository, which lies elsewhere (bench/stack.ts).
  turbopack: { root: '/' },
};

export default nextConfig;
