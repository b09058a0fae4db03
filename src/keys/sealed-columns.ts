/** All that is sealed under the server's data key: one of its versions stays while any of this needs it. */
export const SEALED_COLUMNS = [
  { table: 'artifact', column: 'payload_sealed' },
  { table: 'signing_key', column: 'private_sealed' },
  { table: 'factor', column: 'secret_sealed' },
] as const
