import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ipaddr from 'ipaddr.js'
import { type CountryResponse, Reader } from 'mmdb-lib'

/** The country that an address is used in, by ISO 3166-1 in two letters; null where nobody knows. */
export type Locate = (address: string) => string | null

/** Free data of the registries (CC0), as the package registry has it: no call to anywhere. */
const BUNDLED = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'
const MOST_KEPT = 10_000

/** Some databases say the country plainly, MaxMind's say more. */
type Found = CountryResponse | { readonly country_code?: string } | null

/** Looks countries up in a local file in MaxMind's format; the bundled one where none is named. */
export function createLocate(file: string | null): Locate {
  const path = file ?? createRequire(import.meta.url).resolve(BUNDLED)
  const reader = new Reader<never>(readFileSync(path))
  const known = new Map<string, string | null>()

  return (address) => {
    const kept = known.get(address)
    if (kept !== undefined) return kept
    const country = ipaddr.isValid(address) ? countryOf(reader.get(address) as Found) : null
    if (known.size >= MOST_KEPT) known.clear()
    known.set(address, country)
    return country
  }
}

function countryOf(found: Found): string | null {
  if (!found) return null
  const code =
    'country_code' in found ? found.country_code : (found as CountryResponse).country?.iso_code
  return code && /^[A-Z]{2}$/.test(code) ? code : null
}
