import type { User } from './user.ts'

export type Claims = Readonly<Record<string, unknown>>

type Known = Pick<User, 'username' | 'profile' | 'updatedAt'>

/** The standard claims that the granted scopes ask for (OpenID Connect Core §5.4); unknown ones are left out. */
export function claimsOf(user: Known, scopes: ReadonlySet<string>): Claims {
  const claims = {
    ...(scopes.has('profile') && profileClaims(user)),
    ...(scopes.has('email') && emailClaims(user)),
    ...(scopes.has('address') && { address: user.profile.address }),
    ...(scopes.has('phone') && phoneClaims(user)),
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
}

function profileClaims({ username, profile, updatedAt }: Known): Claims {
  return {
    name: profile.name,
    given_name: profile.givenName,
    family_name: profile.familyName,
    preferred_username: username,
    locale: profile.locale,
    updated_at: Math.floor(updatedAt.getTime() / 1000),
  }
}

// "Verified" about nothing would be a claim of its own: it goes with its address or number.
function emailClaims({ profile }: Known): Claims {
  if (profile.email === null) return {}
  return { email: profile.email, email_verified: profile.emailVerified }
}

function phoneClaims({ profile }: Known): Claims {
  if (profile.phoneNumber === null) return {}
  return { phone_number: profile.phoneNumber, phone_number_verified: profile.phoneVerified }
}
