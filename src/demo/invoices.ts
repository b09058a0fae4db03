export interface Invoice {
  readonly number: string
  readonly customer: string
  readonly cents: number
  readonly due: Date
  readonly paid: boolean
}

const CUSTOMERS = [
  'Northwind Ferries',
  'Mill & Daughters',
  'City of Lund',
  'Two Rivers Rowing Club',
  'Dr. Amara Okafor',
  'Lantern Books',
  'Harbour Orchestra',
] as const
const DAY = 86_400_000

/** Sample invoices that differ between workspaces and stay the same in each. */
export function invoicesOf(workspaceId: string, now: Date): readonly Invoice[] {
  const seed = [...workspaceId].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7)
  return [0, 1, 2, 3].map((index) => ({
    number: `${now.getUTCFullYear()}-${String(((seed * 7) % 800) + 104 - index).padStart(4, '0')}`,
    customer: CUSTOMERS[(seed + index * 3) % CUSTOMERS.length] ?? CUSTOMERS[0],
    cents: (((seed * (index + 3) * 97) % 240_000) + 1_950) * (index === 2 ? 4 : 1),
    due: new Date(now.getTime() + (12 - index * 9) * DAY),
    paid: index > 1,
  }))
}
