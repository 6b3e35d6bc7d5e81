'use client';

// Inside the layout: navigation and sign-out stay.
export { Crash as default } from '@/components/crash';
