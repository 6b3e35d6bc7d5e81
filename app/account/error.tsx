'use client';

// Renders inside the layout, which keeps navigation and sign-out.
export { Crash as default } from '@/components/crash';
