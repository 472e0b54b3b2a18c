import { Command } from 'commander'

/** A command with its description and examples; every command has at least one. */
export function makeCommand(name: string, description: string, examples: readonly string[]): Command {
  const title = examples.length === 1 ? 'Example' : 'Examples'
  return new Command(name)
    .description(description)
    .addHelpText('after', `\n${title}:\n${examples.map((example) => `  $ crosswalk ${example}`).join('\n')}`)
}

/** A command that only holds others. Called without one it shows its help. */
export function makeGroup(name: string, description: string, examples: readonly string[], commands: readonly Command[]): Command {
  const group = makeCommand(name, description, examples)
  for (const command of commands) group.addCommand(command)
  return group
}
