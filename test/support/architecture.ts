import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Source {
  /** Below `src/`, with forward slashes. */
  readonly file: string
  readonly text: string
}

/** Top first; a part imports parts on lines below its own, never its own line. */
const LAYERS: readonly (readonly string[])[] = [
  ['main'],
  ['cli'],
  ['app', 'jobs', 'demo'],
  ['http'],
  ['services'],
  ['monitoring'],
  ['oidc'],
  ['access'],
  ['consent', 'sharing'],
  ['sessions'],
  ['decisions'],
  ['revocation'],
  ['users', 'workspaces', 'clients'],
  ['keys'],
  ['audit'],
  ['crypto'],
  ['config', 'database'],
  ['log'],
  ['errors', 'ids'],
  ['lib'],
  ['sdk'],
]

/** Where a package, or an ability, may be used at all. */
const KEPT_TO: Readonly<Record<string, RegExp>> = {
  argon2: /^users\/password\.ts$/,
  otpauth: /^users\/factors\/totp\.ts$/,
  '@simplewebauthn/server': /^users\/factors\/verify-passkey\.ts$/,
  uqr: /^http\/security\//,
  koa: /^(app\.ts|http\/|demo\/)/,
  '@koa/router': /^(http\/|demo\/)/,
  'oidc-provider': /^(oidc\/|http\/interactions\/)/,
  'openid-client': /^demo\//,
  'prom-client': /^monitoring\//,
  pg: /^database\/|-store\.ts$/,
  '@prisma/client': /^database\/|-store\.ts$/,
  '@prisma/adapter-pg': /^database\//,
  'rate-limiter-flexible': /^database\//,
  yaml: /^config\//,
  commander: /^cli\//,
  bowser: /^(lib\/user-agent|http\/device-words)\.ts$/,
  'mmdb-lib': /^lib\/locate\.ts$/,
  eta: /^(http\/|demo\/)/,
}
const GENERATED = 'database/generated/'

export function readArchitecture(root: string): Source[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.startsWith(GENERATED))
    .filter((file) => !file.includes('node_modules/') && !file.startsWith('sdk/dist/'))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
}

export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"`]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  )
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

/** One line for each import or ability that stands where it may not. */
export function violations(sources: readonly Source[]): string[] {
  if (sources.length === 0) return ['no source files were found']
  const imports = sources.flatMap(({ file, text }) =>
    importsOf(text).map((specifier) => ({ file, specifier })),
  )
  if (imports.length === 0) return ['no imports were found']
  return [
    ...imports.flatMap(({ file, specifier }) => judgeImport(file, specifier)),
    ...sources.flatMap(({ file, text }) => judgeText(file, text)),
  ]
}

function judgeImport(file: string, specifier: string): string[] {
  if (specifier.startsWith('node:')) return []
  if (!specifier.startsWith('.')) return judgePackage(file, specifier)

  const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
  if (target.startsWith('..'))
    return file.startsWith('sdk/') ? [`${file} leaves its folder: ${specifier}`] : []
  if (folderOf(file) === folderOf(target)) return []
  if (target.endsWith('-store.ts')) return [`${file} imports another folder's store: ${specifier}`]
  if (target.startsWith(GENERATED) && !file.endsWith('-store.ts'))
    return [`${file} sees Prisma but is no store: ${specifier}`]
  // The demonstration stands for a stranger's application: of ours it knows the SDK alone.
  if (folderOf(file) === 'demo' && folderOf(target) !== 'sdk')
    return [`${file} imports more than the SDK: ${specifier}`]
  const from = layerOf(file)
  const to = layerOf(target)
  if (from === -1) return [`${file} is in no layer`]
  if (to === -1) return [`${file} imports ${specifier}, which is in no layer`]
  return from < to ? [] : [`${file} imports upward or sideways: ${specifier}`]
}

function judgePackage(file: string, specifier: string): string[] {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (folderOf(file) === 'sdk' && name !== 'jose') return [`${file} depends on ${name}`]
  const kept = KEPT_TO[name]
  return kept && !kept.test(file) ? [`${file} may not use ${name}`] : []
}

function judgeText(file: string, text: string): string[] {
  const findings: string[] = []
  if (/\bprocess\.env\b/.test(text) && !/^(main\.ts|cli\/)/.test(file))
    findings.push(`${file} reads process.env`)
  if (/\$(queryRaw|executeRaw)/.test(text) && !/^database\/|-store\.ts$/.test(file))
    findings.push(`${file} speaks SQL but is no store`)
  const lines = text.split('\n').length
  if (lines > 251) findings.push(`${file} has ${lines} lines; would two names say more than one?`)
  return findings
}

/** `sessions` for `sessions/end.ts`, `app` for `app.ts`. */
function folderOf(file: string): string {
  const slash = file.indexOf('/')
  return slash === -1 ? file.replace(/\.ts$/, '') : file.slice(0, slash)
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folderOf(file)))
}
