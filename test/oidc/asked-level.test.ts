import { expect, test } from 'playwright/test'
import { meetsAsked, mustBeKnown, toldLevel } from '../../src/oidc/asked-level.ts'

const AAL1 = 'urn:sojourn:aal1'
const AAL2 = 'urn:sojourn:aal2'
const claims = (acr: object | null) => ({ id_token: { acr } })
const essential = (acr: object) => claims({ essential: true, ...acr })

test.describe('what is asked for', () => {
  for (const [name, params, withOne, withTwo] of [
    ['nothing', {}, true, true],
    ['one factor', { acr_values: AAL1 }, true, true],
    ['two factors', { acr_values: AAL2 }, false, true],
    ['either', { acr_values: `${AAL2} ${AAL1}` }, true, true],
    ['two factors or gold', { acr_values: `urn:gold ${AAL2}` }, false, true],
    ['two factors as a wish', { claims: JSON.stringify(claims({ value: AAL2 })) }, true, true],
    ['two factors for sure', { claims: JSON.stringify(essential({ value: AAL2 })) }, false, true],
    [
      'one of a list for sure',
      { claims: JSON.stringify(essential({ values: [AAL2, 'urn:gold'] })) },
      false,
      true,
    ],
    ['some level for sure', { claims: JSON.stringify(essential({})) }, true, true],
    ['no level at all', { claims: JSON.stringify(claims(null)) }, true, true],
  ] as const)
    test(`${name} is met by as much`, () => {
      expect([meetsAsked(AAL1, params), meetsAsked(AAL2, params)]).toEqual([withOne, withTwo])
    })

  test('is never met by nobody', () => {
    expect(meetsAsked(undefined, { acr_values: AAL1 })).toBe(false)
  })

  test('and known nowhere is refused as such', () => {
    expect(() => mustBeKnown({ acr_values: 'urn:gold urn:silver' })).toThrow(
      expect.objectContaining({ error: 'unmet_authentication_requirements' }),
    )
    expect(() => mustBeKnown({ acr_values: `urn:gold ${AAL1}` })).not.toThrow()
  })
})

test.describe('the level that is told', () => {
  for (const [name, proven, asked, told] of [
    ['is the one that was proven', AAL2, undefined, AAL2],
    ['is so for a wish for less', AAL2, claims({ values: [AAL1] }), AAL2],
    ['is the one that was wanted for sure', AAL2, essential({ value: AAL1 }), AAL1],
    ['is the highest of those', AAL2, essential({ values: [AAL1, AAL2] }), AAL2],
    ['is never above what was proven', AAL1, essential({ value: AAL2 }), AAL1],
    ['is none where nothing was', null, essential({ value: AAL1 }), undefined],
  ] as const)
    test(name, () => {
      expect(toldLevel(proven, asked)).toBe(told)
    })
})
