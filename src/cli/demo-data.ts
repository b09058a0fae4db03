export interface DemoPerson {
  readonly username: string
  /** Printed at each start: whoever runs the demonstration is to know it. */
  readonly password: string
  readonly name: string
  readonly givenName: string
  readonly familyName: string
  /** Roles by workspace. */
  readonly roles: Readonly<Record<string, readonly string[]>>
}

export const WORKSPACES = [
  { slug: 'atelier', name: 'Atelier Nord' },
  { slug: 'borealis', name: 'Borealis Research' },
  { slug: 'harbour', name: 'Harbour Books' },
] as const

/** Ada has three workspaces and picks one, Bruno has two, Chloé has one and is never asked. */
export const PEOPLE: readonly DemoPerson[] = [
  {
    username: 'ada',
    password: 'paper boats at dawn',
    name: 'Ada Lindqvist',
    givenName: 'Ada',
    familyName: 'Lindqvist',
    roles: { atelier: ['admin'], borealis: ['editor'], harbour: ['viewer'] },
  },
  {
    username: 'bruno',
    password: 'seven copper kettles',
    name: 'Bruno Okafor',
    givenName: 'Bruno',
    familyName: 'Okafor',
    roles: { atelier: ['editor'], borealis: ['admin'] },
  },
  {
    username: 'chloe',
    password: 'quiet harbour lights',
    name: 'Chloé Marchetti',
    givenName: 'Chloé',
    familyName: 'Marchetti',
    roles: { harbour: ['admin'] },
  },
]
