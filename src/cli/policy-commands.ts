import { type Command, Option } from 'commander'
import { rules } from '../http/api/policies/schemas.ts'
import { addCommand, answering, type CommonOptions, collect } from './command.ts'
import { explain } from './explain-policy.ts'
import { listPolicies } from './list-policies.ts'
import { STORED_LEVELS } from './policy-subject.ts'
import { removeAt, type SetOptions, setAt } from './set-policy.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

export interface ExplainOptions extends CommonOptions {
  readonly session?: string
  readonly workspace?: string
  readonly user?: string
  readonly client?: string
  readonly acr?: string
}

const SUBJECTS = `
Levels and whom they name:
  workspace  its slug or identifier
  client     its client_id
  role       workspace/role, as in foundry/editor
  acr        urn:sojourn:aal1 or urn:sojourn:aal2
The rules of the server are configuration: session_manager.security.session_policies.`

const RULES = `
Rules: ${Object.keys(rules.shape).join(', ')}.
Times are written like 45s, 30m, 8h or 7d; what is not a plain value as JSON.

  sojourn policy set workspace foundry --rule idle_timeout=10m --rule elevation_reason=true`

/** `policy …`: what holds for sessions, level by level. */
export function addPolicyCommands(program: Command, terminal: Terminal): void {
  const policy = program.command('policy').description('What holds for sessions, and why')
  addCommand(policy, 'set <level> <subject>', 'Say what a level holds, in place of what it said')
    .option('--rule <name=value>', 'many times', collect)
    .option('--rules <file>', 'all of them as JSON, in the form of the API')
    .addHelpText('after', SUBJECTS + RULES)
    .action(
      answering<SetOptions>(terminal, (options, [level = '', subject = '']) =>
        setAt(terminal, { level, subject }, options),
      ),
    )
  addCommand(
    policy,
    'remove <level> <subject>',
    'Let a level say nothing; what was cut short stays',
  )
    .addHelpText('after', SUBJECTS)
    .action(
      answering<CommonOptions>(terminal, (options, [level = '', subject = '']) =>
        removeAt(terminal, { level, subject }, options),
      ),
    )
  addCommand(policy, 'list', 'Show what each level says')
    .addOption(new Option('--level <level>').choices(['server', ...STORED_LEVELS]))
    .action(
      answering<CommonOptions & { readonly level?: string }>(terminal, (options) =>
        withCore(terminal, options, (core) => listPolicies(core, options.level ?? null)),
      ),
    )
  addCommand(policy, 'explain', 'Which rule won, for a session or for one that might be')
    .option('--session <session>', 'ses_…')
    .option('--workspace <workspace>', 'its slug or identifier')
    .option('--user <user>', 'usr_… or external identifier: their roles count')
    .option('--client <client>', 'its client_id')
    .option('--acr <acr>', 'the level of the authentication')
    .action(
      answering<ExplainOptions>(terminal, (options) =>
        withCore(terminal, options, (core) => explain(core, options)),
      ),
    )
}
