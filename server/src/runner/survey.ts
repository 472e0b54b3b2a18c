import type { Hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import {
  type DataProvider,
  definitionInvalid,
  type IntegrationClass,
  isDataProvider,
  isIntegrationClass,
  isWorkflow,
  type Workflow,
} from '@crosswalk/sdk'
import { builtin } from '@crosswalk/sdk/builtins'
import { listMade } from '@crosswalk/sdk/made-definitions'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import { checkedDefinition, keptProblem } from '../protocol/definition-check.ts'
import { type ReadyMade, readyMadePackage } from '../protocol/ready-made.ts'
import { type Catalogue, definitionFiles, marksOf, type SourceFile } from './catalogue.ts'
import { publishDataProvider, publishIntegration, publishWorkflow } from './descriptions.ts'
import { describeFailure } from './failures.ts'
import { namesDefinition, readyMadeFiles, switchedOff } from './ready-made.ts'
import { unknownDataProviders } from './unknown-data-providers.ts'

/** What a runner found in a workspace, and can run. */
export type Survey = Catalogue & {
  integrations: Map<string, IntegrationClass>
  workflows: Map<string, Workflow>
  dataProviders: Map<string, DataProvider>
  published: PublishedDefinition[]
  /** Under which name its file exports each of them. */
  exportNames: Map<PublishedDefinition, string>
  problems: DefinitionProblem[]
  /** Changes whenever any file of the workspace's folders does. */
  codeVersion: string
  marks: string
}

function emptySurvey(marks: string): Survey {
  return {
    integrations: new Map(),
    workflows: new Map(),
    dataProviders: new Map(),
    published: [],
    exportNames: new Map(),
    problems: [],
    codeVersion: '',
    marks,
    hasClosedFields: () => true,
    warm() {},
  }
}

/**
 * Loads every definition of a workspace, and then the integrations that come along, and describes them. What does not load is a problem with
 * its file and reason; the rest continues. A definition of the workspace takes the place of a ready-made one with the same name.
 */
export async function surveyWorkspace(
  workspace: string,
  exclude: readonly { file: string; reason: string }[],
  onFile: (file: string) => void,
  readyMade: ReadyMade | null = null,
): Promise<Survey> {
  const unreadable: DefinitionProblem[] = []
  const sources = definitionFiles(workspace, ({ folder, kind }, error) => {
    unreadable.push(keptProblem({ kind, file: folder, reason: describeFailure(error, workspace).message }))
  })
  const survey = emptySurvey(marksOf(sources))
  survey.problems.push(...unreadable)
  const version = builtin('node:crypto').createHash('sha256')
  const excluded = new Map(exclude.map((entry) => [entry.file, entry.reason]))
  const origins = new Map<unknown, string>()
  const unloaded: string[] = []
  const made = { all: listMade(), files: [] as SourceFile[], exported: new Set<unknown>() }
  for (const source of sources) {
    const reason = excluded.get(source.shown) ?? versioned(version, source)
    const before = survey.problems.length
    if (reason !== undefined) problem(survey, source, reason)
    else await loadFile(survey, source, origins, made, onFile)
    if (survey.problems.length > before) unloaded.push(source.file)
  }
  if (readyMade) await loadReadyMade(survey, readyMade, { excluded, version, origins, made, onFile, unloaded })
  noteUnexported(survey, made)
  survey.problems.push(...unknownDataProviders(survey.published, switchedOff(readyMade)))
  survey.codeVersion = version.digest('hex').slice(0, 16)
  return survey
}

type ReadyMadeLoad = {
  excluded: ReadonlyMap<string, string>
  version: Hash
  origins: Map<unknown, string>
  made: Made
  onFile: (file: string) => void
  /** Files of the workspace that did not load. */
  unloaded: readonly string[]
}

async function loadReadyMade(
  survey: Survey,
  { folder, names }: ReadyMade,
  { excluded, version, origins, made, onFile, unloaded }: ReadyMadeLoad,
): Promise<void> {
  const isHeldBack = heldBack(survey, unloaded)
  const files = readyMadeFiles(folder)
  for (const { file, shown, vendor } of files) {
    if (names !== 'all' && !names.includes(vendor)) continue
    const source: SourceFile = { file, shown, kind: 'integration', workspace: folder }
    const ready: Survey = { ...emptySurvey(''), problems: survey.problems, exportNames: survey.exportNames }
    const reason = excluded.get(shown) ?? versioned(version, source)
    if (reason !== undefined) problem(survey, source, reason)
    // A class that the workspace exports again is loaded, and the workspace's.
    else await loadFile(ready, source, new Map(origins), made, onFile)
    for (const definition of ready.published) {
      const { kind, name } = definition
      if (isHeldBack(kind, name)) continue
      if (kind === 'integration') survey.integrations.set(name, present(ready.integrations, name))
      else if (kind === 'workflow') survey.workflows.set(name, present(ready.workflows, name))
      else survey.dataProviders.set(name, present(ready.dataProviders, name))
      survey.published.push(definition)
    }
  }
  const vendors = [...new Set(files.map(({ vendor }) => vendor))]
  for (const name of names === 'all' ? [] : names.filter((each) => !vendors.includes(each))) {
    const reason = `CROSSWALK_INTEGRATIONS names '${name}', and no integration of that name comes along. There are: ${vendors.join(', ')}.`
    survey.problems.push(keptProblem({ kind: 'integration', file: readyMadePackage, reason, isWarning: true }))
  }
}

/**
 * Which ready-made definitions stay away: those that the workspace defines itself, and those that a file of it names which does not load. It may
 * have been to replace ours, which must not come back in its place unseen.
 */
function heldBack({ published }: Survey, unloaded: readonly string[]): (kind: PublishedDefinition['kind'], name: string) => boolean {
  const own = new Set(published.map(({ kind, name }) => `${kind} ${name}`))
  return (kind, name) => own.has(`${kind} ${name}`) || unloaded.some((file) => namesDefinition(file, name))
}

function present<Definition>(found: ReadonlyMap<string, Definition>, name: string): Definition {
  const definition = found.get(name)
  if (definition === undefined) throw new Error(`${name} is published and not there.`)
  return definition
}

/** Makes a file part of the version of the code. Returns why that is not possible, as where it may not be read. */
function versioned(version: Hash, { file, shown, workspace }: SourceFile): string | undefined {
  try {
    version.update(`${shown}\0`).update(readFileSync(file))
    return undefined
  } catch (error) {
    return reasonOf(error, workspace)
  }
}

async function loadFile(
  survey: Survey,
  source: SourceFile,
  origins: Map<unknown, string>,
  made: Made,
  onFile: (file: string) => void,
): Promise<void> {
  onFile(source.shown)
  let exported: Record<string, unknown>
  try {
    exported = (await import(pathToFileURL(source.file).href)) as Record<string, unknown>
  } catch (error) {
    problem(survey, source, `${reasonOf(error, source.workspace)}${placeOf(error, source.workspace)}`)
    // Whether it would export what it made is not known.
    for (const value of made.all.slice(made.files.length)) made.exported.add(value)
    return
  } finally {
    // What was made since the last file was made by this one, or by what it alone imports.
    while (made.files.length < made.all.length) made.files.push(source)
  }
  for (const name of Object.keys(exported)) {
    try {
      const value = exported[name]
      made.exported.add(value)
      // A definition that another file exports again is the same one, not a second.
      if (origins.has(value)) continue
      const description = register(survey, value, source.shown)
      if (!description) continue
      origins.set(value, source.shown)
      survey.exportNames.set(description, name)
    } catch (error) {
      problem(survey, source, `${reasonOf(error, source.workspace)} (export ${name})`)
    }
  }
}

function problem(survey: Survey, { kind, shown }: SourceFile, reason: string): void {
  survey.problems.push(keptProblem({ kind, file: shown, reason }))
}

/** What was made while the files were loaded, the file that each was made by, and what any file exports. */
type Made = { all: readonly unknown[]; files: SourceFile[]; exported: Set<unknown> }

/** A definition that no file exports cannot be run, and nothing else would say so. */
function noteUnexported(survey: Survey, { all, files, exported }: Made): void {
  for (const [index, value] of all.entries()) {
    const source = files[index]
    if (!source || exported.has(value)) continue
    try {
      if (!(isWorkflow(value) || isDataProvider(value))) continue
      const { kind, name } = value.definition
      const what = `The ${kind.replace('_', ' ')} ${name} is made and not exported.`
      problem(survey, source, `definition_invalid: ${what} Write export before it, on its own and not in a list.`)
    } catch (error) {
      problem(survey, source, reasonOf(error, source.workspace))
    }
  }
}

/** With our code, by which the documentation is searched; else with its class, as Node shows it. Whatever was thrown can be told. */
function reasonOf(thrown: unknown, workspace: string): string {
  try {
    const { code, type, message } = describeFailure(thrown, workspace)
    return `${code === 'definition_invalid' ? code : type}: ${message}`
  } catch {
    return 'Error: It threw what cannot be looked at.'
  }
}

/** Where in the workspace it was thrown. */
function placeOf(thrown: unknown, workspace: string): string {
  try {
    const { stack } = describeFailure(thrown, workspace)
    return stack ? ` (${stack.split('\n')[0]})` : ''
  } catch {
    return ''
  }
}

/** Undefined where it is no definition. */
function register(survey: Survey, value: unknown, file: string): PublishedDefinition | undefined {
  if (isIntegrationClass(value)) {
    const description = checkedDefinition(publishIntegration(value, file))
    return add(survey.integrations, description.name, value, survey, description)
  }
  if (isWorkflow(value)) {
    const description = checkedDefinition(publishWorkflow(value, file))
    return add(survey.workflows, description.name, value, survey, description)
  }
  if (isDataProvider(value)) {
    const description = checkedDefinition(publishDataProvider(value, file))
    return add(survey.dataProviders, description.name, value, survey, description)
  }
  return undefined
}

function add<Definition>(
  into: Map<string, Definition>,
  name: string,
  value: Definition,
  survey: Survey,
  description: PublishedDefinition,
): PublishedDefinition {
  if (into.has(name)) {
    const first = survey.published.find((other) => other.kind === description.kind && other.name === name)
    throw definitionInvalid(`The name ${name} is taken by ${first?.file}. Give this one another name.`)
  }
  into.set(name, value)
  survey.published.push(description)
  return description
}
