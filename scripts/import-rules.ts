// Which folder may import which: read from the code itself, so that the order below stays true.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { slices } from './slices.ts'

const order = slices.map(({ name }) => name)

/** What each package may import of the others. */
const packages: Record<string, readonly string[]> = {
  sdk: [],
  simulators: ['sdk'],
  integrations: ['sdk', 'simulators'],
  workspace: ['sdk', 'simulators', 'integrations'],
  templates: ['sdk'],
  server: ['sdk', 'simulators', 'integrations'],
  client: [],
  cli: ['client', 'server', 'simulators'],
  admin: ['client'],
  bench: ['sdk', 'simulators', 'server', 'client', 'e2e'],
  e2e: ['simulators', 'server', 'client'],
  scripts: ['server', 'simulators', 'client', 'e2e'],
  docs: ['sdk', 'simulators', 'integrations', 'server', 'scripts', 'workspace'],
}

/**
 * Folders and files of a package from the first to the last: each imports only its own and what stands before it. Those in one line do not
 * import each other, and `*` is every other folder.
 */
const layers: Record<string, readonly (readonly string[])[]> = {
  'admin/src': [
    ['paths.ts', 'url-state.ts', 'server-state.ts', 'theme.ts', 'crosswalk.css'],
    ['elements'],
    ['queries'],
    ['parts'],
    ['*'],
    ['shell'],
    ['routes.tsx'],
    ['main.tsx'],
  ],
  'cli/src': [
    ['output'],
    ['failure.ts', 'coercion.ts'],
    ['local'],
    ['cli.ts', 'command.ts'],
    ['if-match.ts', 'schemas.ts'],
    ['commands'],
    ['program.ts', 'output-failures.ts'],
    ['main.ts'],
  ],
}

/** Words of the product, which `admin/src/elements/` does not know. */
const productWords = /organi[sz]ation|mapping|integration|workflow|execution|schedule|discover|batch|tenant|secret|vendor/i

const importPattern = /(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

export type Import = { from: string; to: string /** Erased before anything runs. */; isOfTypes: boolean }

/** Every import between files of the repository, as paths from its root. Packages of ours by their folder. */
export function importsOf(root: string): Import[] {
  const files = globSync(
    '{sdk,simulators,integrations,workspace,templates,server,client,cli,admin,bench,e2e,scripts,docs}/**/*.{ts,tsx,mjs}',
    {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|generated|\.[^/]+)(\/|$)/.test(path),
    },
  )
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(importPattern)].flatMap(([statement, stated, dynamic]) => {
      const isOfTypes = /^\s*(import|export)\s+type\b/.test(statement)
      const specifier = stated ?? dynamic ?? ''
      if (specifier.startsWith('.')) return [{ from: file, to: relative(root, resolve(root, dirname(file), specifier)), isOfTypes }]
      const ours = /^@crosswalk\/([a-z-]+)/.exec(specifier)?.[1]
      return ours ? [{ from: file, to: `${ours}/`, isOfTypes }] : []
    })
  })
}

export const isTest = (file: string) => /\.test\.tsx?$|(^|\/)testing\/|(^|\/)tests\//.test(file)
const packageOf = (file: string) => file.split('/')[0] ?? ''
export const sliceOf = (file: string) => /^server\/src\/([^/]+)\//.exec(file)?.[1]

/** What breaks the order of the layers of a package. */
function brokenLayers({ from, to }: Pick<Import, 'from' | 'to'>): string[] {
  return Object.entries(layers).flatMap(([root, order]) => {
    if (!from.startsWith(`${root}/`) || !to.startsWith(`${root}/`)) return []
    const placeOf = (file: string) => {
      const [entry = ''] = file.slice(root.length + 1).split('/')
      const place = order.findIndex((line) => line.includes(entry))
      return { entry, place: place < 0 && !/\.\w+$/.test(entry) ? order.findIndex((line) => line.includes('*')) : place }
    }
    const [source, target] = [placeOf(from), placeOf(to)]
    if (source.entry === target.entry) return []
    if (source.place < 0 || target.place < 0)
      return [`${from} imports ${to}: scripts/import-rules.ts does not say where one of the two stands.`]
    if (target.place > source.place) return [`${from} imports ${to}: ${target.entry} stands after ${source.entry}.`]
    if (target.place === source.place) return [`${from} imports ${to}: ${source.entry} and ${target.entry} do not know each other.`]
    return []
  })
}

/** Where the elements of the admin interface say a word of the product. */
export function brokenElementRules(files: readonly { path: string; text: string }[]): string[] {
  return files.flatMap(({ path, text }) => {
    const word = path.startsWith('admin/src/elements/') ? productWords.exec(text)?.[0] : undefined
    return word === undefined ? [] : [`${path} says ${word}: elements know no word of the product. Put it in admin/src/parts/.`]
  })
}

export function elementFiles(root: string): { path: string; text: string }[] {
  return globSync('admin/src/elements/**/*.{ts,tsx}', { cwd: root }).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Folders that are a process of their own, and what of their slice they know. Nothing else of the server imports them. */
const ownProcesses: Record<string, string> = { 'server/src/gateway/process/': 'server/src/gateway/messages/' }

function brokenProcesses({ from, to }: Pick<Import, 'from' | 'to'>): string[] {
  return Object.entries(ownProcesses).flatMap(([folder, known]) => {
    const slice = dirname(folder)
    if (from.startsWith(folder) === to.startsWith(folder)) return []
    if (to.startsWith(folder)) return [`${from} imports ${to}: ${folder} is a process of its own. What both sides know is in ${known}.`]
    if (!to.startsWith(`${slice}/`) || to.startsWith(known)) return []
    return [`${from} imports ${to}: the process does not know who starts it. What both sides know is in ${known}.`]
  })
}

/** What breaks the rules, one sentence each. Tests may look at anything of the server. */
export function brokenImportRules(imports: readonly Import[]): string[] {
  const broken: string[] = []
  for (const { from, to } of imports) {
    const [fromPackage, toPackage] = [packageOf(from), packageOf(to)]
    if (!isTest(from) && fromPackage !== toPackage && packages[fromPackage] && !packages[fromPackage].includes(toPackage)) {
      broken.push(`${from} imports ${to}: ${fromPackage} may import ${packages[fromPackage].join(', ') || 'no other package'}.`)
    }
    if (!isTest(from)) broken.push(...brokenLayers({ from, to }), ...brokenProcesses({ from, to }))
    if (fromPackage !== 'server' || toPackage !== 'server' || isTest(from)) continue
    const [fromSlice, toSlice] = [sliceOf(from), sliceOf(to)]
    if (fromSlice === undefined || fromSlice === toSlice || to.endsWith('package.json')) continue
    if (fromSlice === 'runner') {
      if (toSlice !== 'protocol')
        broken.push(`${from} imports ${to}: the runner runs author code, and knows the channel and nothing else of the server.`)
    } else if (toSlice === undefined) {
      broken.push(`${from} imports ${to}: a slice does not know who puts it together.`)
    } else if (!order.includes(fromSlice) || !order.includes(toSlice)) {
      broken.push(`${from} imports ${to}: a folder that is no slice. Add it to server/src/processes/slices.ts.`)
    } else if (order.indexOf(toSlice) > order.indexOf(fromSlice)) {
      broken.push(`${from} imports ${to}: ${toSlice} stands after ${fromSlice}.`)
    }
    if (to.endsWith('.queries.ts') && toSlice !== fromSlice) {
      broken.push(`${from} imports ${to}: another slice's queries are its own. Use its face.`)
    }
  }
  const ofCode = imports.filter(({ from, to }) => !isTest(from) && !to.endsWith('/'))
  return [...broken, ...circles('files', ofCode), ...circles('folders', ofFolders(ofCode))]
}

/** Imports between the folders of the engine, by which it is read from the bottom up. */
function ofFolders(imports: readonly Import[]): Import[] {
  const folderOf = (file: string) => /^server\/src\/engine\/[^/]+(?=\/)/.exec(file)?.[0]
  return imports.flatMap(({ from, to, isOfTypes }) => {
    const [source, target] = [folderOf(from), folderOf(to)]
    return source === undefined || target === undefined || source === target ? [] : [{ from: source, to: target, isOfTypes }]
  })
}

/** What imports each other in a circle. Types count: two files that need each other's types are read as one. */
function circles(what: 'files' | 'folders', imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      found.push(`These ${what} import each other in a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}.`)
      return
    }
    state.set(file, 'open')
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    state.set(file, 'done')
  }
  for (const file of next.keys()) visit(file, [])
  return found
}
