import type { Grant } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { usageError } from '../failure.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'
import { gather } from './pairs.ts'

export type ReachOptions = { org?: string[]; except?: string[]; tag?: string[]; workflow?: string[]; integration?: string[] }

/** Adds the options that name a reach. Without any it is all organizations. */
export function addReachOptions(command: Command): Command {
  return command
    .option('--org <organization>', `for this organization: ${organizationHelp}; may be repeated`, gather)
    .option('--except <organization>', `for all but this one: ${organizationHelp}; may be repeated`, gather)
    .option('--tag <name>', 'for those with this tag, and those that get it later; may be repeated', gather)
    .option('--workflow <name>', 'only for this workflow, and nothing else of the role; may be repeated', gather)
    .option('--integration <name>', 'only for the mappings of this integration, and nothing else of the role; may be repeated', gather)
}

/** @throws usage error where several kinds are given */
async function reachOf(cli: Cli, options: ReachOptions): Promise<Grant['reach']> {
  const given = (['org', 'except', 'tag'] as const).filter((name) => options[name] !== undefined)
  if (given.length > 1) throw usageError(`Give one of ${given.map((name) => `--${name}`).join(' and ')}: a grant has one reach.`)
  const ids = async (texts: string[]) => {
    const found: string[] = []
    for (const text of texts) found.push(await organizationIdOf(cli, text))
    return found
  }
  if (options.org) return { organizations: await ids(options.org) }
  if (options.except) return { all_but: await ids(options.except) }
  return options.tag ? { tags: options.tag } : { all: true }
}

/** The grant that a role and the options make. */
export async function grantOf(cli: Cli, options: ReachOptions & { role: string }): Promise<Grant> {
  const { role, workflow: workflows, integration: integrations } = options
  const reach = await reachOf(cli, options)
  return { role, reach, ...(workflows ? { workflows } : {}), ...(integrations ? { integrations } : {}) }
}

/** A grant in one line. */
export function grantText({ workflows, integrations, ...grant }: Grant): string {
  const only = [...(workflows ?? []), ...(integrations ?? [])]
  return only.length === 0 ? reachText(grant) : `${reachText(grant)}, only ${only.join(', ')}`
}

function reachText({ role, reach }: Grant): string {
  if ('all' in reach) return `${role} for all`
  if ('tags' in reach) return `${role} for the ${reach.tags.length === 1 ? 'tag' : 'tags'} ${reach.tags.join(', ')}`
  if ('all_but' in reach) return `${role} for all but ${reach.all_but.length}`
  return `${role} for ${reach.organizations.length === 1 ? '1 organization' : `${reach.organizations.length} organizations`}`
}
