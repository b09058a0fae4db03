/** Where the forms of the page post to. */
export const ACTS = {
  logout: '/logout',
  end: '/account/end',
  endElsewhere: '/account/end-elsewhere',
  endLogin: '/account/end-login',
  endOthers: '/account/end-others',
  endAll: '/account/end-all',
  withdraw: '/account/withdraw',
  /** Where an act leads that somebody thought better of. */
  cancel: '/account/cancel',
} as const
