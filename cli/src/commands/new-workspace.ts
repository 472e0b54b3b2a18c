import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { CommandError, exitCodes, usageError } from '../failure.ts'
import { packageText, putSdk } from '../local/workspace/package-file.ts'
import { filesOf, type NewFile, workspaceFiles, writeMissing } from '../local/workspace/templates.ts'
import { note } from '../output/print.ts'
import { printable, type Terminal } from '../output/terminal.ts'

const nameFormat = /^[a-z][a-z0-9_]{0,49}$/

/** `crosswalk init`: a workspace in a folder, or repository, of its own. */
export function initCommand({ terminal }: Cli): Command {
  return makeCommand(
    'init',
    'Make a workspace in a folder of its own, with its package.json, tests and editor types. In one that is there, what is missing is added and the SDK replaced.',
    ['init', 'init my-workspace'],
  )
    .argument('[folder]', 'where; default: this folder', '.')
    .action(async (folder: string) => {
      const target = resolve(terminal.cwd, folder)
      await refuseOthers(target)
      await mkdir(target, { recursive: true })
      const sdk = await putSdk(target)
      const isNew = !existsSync(join(target, 'package.json'))
      const written = writeMissing(target, [
        ...workspaceFiles(),
        { path: 'package.json', text: packageText(target, sdk) },
        ...(isNew ? filesOf('workflow', 'say_hello') : []),
      ])
      tellWritten(terminal, target, [sdk, ...written])
      const place = relative(terminal.cwd, target) || '.'
      note(
        terminal,
        `Next: cd ${printable(place)}, then npm install and npm test. Crosswalk loads it with CROSSWALK_WORKSPACE=${printable(target)}`,
      )
    })
}

/** `crosswalk new`: a working start of an integration or a workflow, with its test. */
export function newCommand(cli: Cli): Command {
  const make = (template: 'integration' | 'workflow', description: string) =>
    makeCommand(template, description, [`new ${template} my_${template === 'integration' ? 'vendor' : 'workflow'}`])
      .argument('<name>', 'lower case letters, digits and _; it never changes later')
      .option('--workspace <folder>', 'default: CROSSWALK_WORKSPACE, else the folder workspace in this folder, else this folder')
      .action(async (name: string, options: { workspace?: string }) => {
        if (!nameFormat.test(name)) throw usageError(`The name '${name}' must match ${nameFormat.source}: my_vendor, say.`)
        if (template === 'integration') await refuseReadyMade(name)
        const target = await findWorkspace(cli.terminal, options.workspace)
        const files = filesOf(template, name)
        refuseTaken(target, files)
        tellWritten(cli.terminal, target, writeMissing(target, files))
        note(
          cli.terminal,
          `Next: npm test, in ${relative(cli.terminal.cwd, target) === '' ? 'this folder' : printable(relative(cli.terminal.cwd, target))}.`,
        )
      })
  return makeGroup(
    'new',
    'Write a working start of something, with its test.',
    ['new integration my_vendor', 'new workflow my_workflow'],
    [
      make('integration', 'Write an integration: its class, its client, a simulator of the vendor, and a test of them.'),
      make('workflow', 'Write a workflow and its test.'),
    ],
  )
}

/** A folder with something else in it is no place for a workspace. */
async function refuseOthers(target: string): Promise<void> {
  const names = await namesIn(target)
  const isEmpty = names.every((name) => name.startsWith('.') || /^(readme|license)(\.\w+)?$/i.test(name))
  if (isEmpty || names.some((name) => name === 'integrations' || name === 'workflows')) return
  throw new CommandError(
    'folder_not_empty',
    `${target} holds other files. Name an empty folder, one that is not there yet, or a workspace (it has a folder integrations or workflows).`,
    exitCodes.usage,
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw usageError(`${folder} is a file. Name a folder.`)
    throw error
  }
}

async function findWorkspace({ cwd, env }: Terminal, given: string | undefined): Promise<string> {
  const named = given ?? env.CROSSWALK_WORKSPACE
  // The folder below first: that of Crosswalk itself has a folder integrations too, which nobody's own files belong in.
  const candidates = named ? [resolve(cwd, named)] : [join(cwd, 'workspace'), cwd]
  for (const folder of candidates) {
    const names = await namesIn(folder)
    if (names.includes('integrations') || names.includes('workflows')) return folder
  }
  throw new CommandError(
    'no_workspace',
    `There is no workspace in ${candidates.join(' or ')}: it has a folder integrations or workflows. Make one with crosswalk init, or name it with --workspace.`,
    exitCodes.usage,
  )
}

/** A start of the same name would take the place of an integration that works, and of the client that workflows know. */
async function refuseReadyMade(name: string): Promise<void> {
  const { simulations } = await import('@crosswalk/simulators/simulate')
  if (!Object.hasOwn(simulations, name)) return
  throw new CommandError(
    'integration_comes_along',
    `The integration '${name}' comes along, ready to use, and a new one of that name would take its place. Choose another name. How to extend or replace one is in docs/integrations.md.`,
  )
}

function refuseTaken(target: string, files: readonly NewFile[]): void {
  for (const { path } of files) {
    if (existsSync(join(target, path)))
      throw new CommandError('file_exists', `${join(target, path)} is there already. Choose another name, or move the file away.`)
  }
}

function tellWritten(terminal: Terminal, target: string, paths: readonly string[]): void {
  for (const path of paths) note(terminal, `Wrote ${printable(join(relative(terminal.cwd, target), path))}`)
}
