import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../../templates/', import.meta.url))

/** A file to be written, its path within the workspace. */
export type NewFile = { path: string; text: string }

type Template = 'workspace' | 'workflow' | 'integration'

/** What the files of a template call the example, in each of the ways in which names are written. */
const examples = { workflow: 'say_hello', integration: 'example_vendor' } as const

/** The files of a template, under the name that a person chose. */
export function filesOf(template: Exclude<Template, 'workspace'>, name: string): NewFile[] {
  const renamed = renaming(examples[template], name)
  return readTemplate(template).map(({ path, text }) => ({ path: renamed(path), text: renamed(text) }))
}

/** The files of every workspace, beside its `package.json`. */
export function workspaceFiles(): NewFile[] {
  // npm leaves a file of the name .gitignore out of packages.
  return readTemplate('workspace').map(({ path, text }) => ({ path: path === 'gitignore' ? '.gitignore' : path, text }))
}

/** Writes those that are not there yet. Returns the paths of those that it wrote. */
export function writeMissing(target: string, files: readonly NewFile[]): string[] {
  const missing = files.filter(({ path }) => !existsSync(join(target, path)))
  for (const { path, text } of missing) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    writeFileSync(join(target, path), text, { flag: 'wx' })
  }
  return missing.map(({ path }) => path)
}

function readTemplate(template: Template): NewFile[] {
  const from = join(folder, template)
  const paths = globSync('**/*', { cwd: from, exclude: (path) => basename(path) === 'node_modules' }).filter((path) =>
    /\.|gitignore$/.test(path),
  )
  return paths.sort().map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(from, path), 'utf8') }))
}

/** Puts a name in the place of the example's, in snake_case, kebab-case, camelCase, PascalCase and as words. */
function renaming(example: string, name: string): (text: string) => string {
  const forms = [snake, kebab, camel, pascal, words]
  const pairs = forms.map((form) => [form(example), form(name)] as const)
  return (text) => pairs.reduce((changed, [from, to]) => changed.replaceAll(from, to), text)
}

const partsOf = (name: string) => name.split('_').filter((part) => part !== '')
const capital = (part: string) => part.slice(0, 1).toUpperCase() + part.slice(1)
const snake = (name: string) => name
const kebab = (name: string) => partsOf(name).join('-')
const pascal = (name: string) => partsOf(name).map(capital).join('')
const camel = (name: string) => pascal(name).replace(/^./, (first) => first.toLowerCase())
const words = (name: string) => partsOf(name).map(capital).join(' ')
