import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { z } from 'zod'

const level = z.string().max(256)

/** What of a single claim can be asked for here: how sure we are of who is there, and who it must be. */
const asked = z.object({
  id_token: z
    .object({
      acr: z
        .object({
          essential: z.boolean().optional(),
          value: level.optional(),
          values: z.array(level).max(20).optional(),
        })
        .nullable()
        .optional(),
      auth_time: z.object({ essential: z.boolean().optional() }).nullable().optional(),
      sub: z
        .object({ value: z.string().max(256).optional() })
        .nullable()
        .optional(),
    })
    .default({}),
})

/**
 * Keeps of the `claims` parameter (OpenID Connect Core §5.5) what we answer to. Everything else comes
 * by scopes, which people consent to; the rest is left out, as §5.5.1 lets us.
 */
export async function assertClaimsParameter(
  ctx: KoaContextWithOIDC,
  claims: object,
): Promise<void> {
  const parsed = asked.safeParse(claims)
  if (!parsed.success) throw new errors.InvalidRequest('claims.id_token is malformed')
  const { params } = ctx.oidc
  if (params) params.claims = JSON.stringify(parsed.data)
}
