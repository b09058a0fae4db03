/** How pages are looked at: by day, by night, and on a small telephone. */
export const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1000, height: 760 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1000, height: 760 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const
