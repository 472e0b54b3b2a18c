import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { blocksOf, proseOf, readPages, root } from './pages.ts'

const pages = readPages()

/** As GitHub makes an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

type Link = { page: string; text: string; path: string; anchor: string }

/** The links of a page to other files of the repository, and within it. */
function linksOf(page: (typeof pages)[number]): Link[] {
  return [...proseOf(page).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].flatMap(([, text = '', target = '']) => {
    if (/^https?:/.test(target)) return []
    const [path = '', anchor = ''] = target.split('#')
    return [{ page: page.path, text, path: path === '' ? page.path : normalize(join(dirname(page.path), path)), anchor }]
  })
}

test('every link within the repository leads somewhere', () => {
  for (const page of pages) {
    for (const { path, anchor } of linksOf(page)) {
      assert.ok(!path.startsWith('..'), `${page.path} links out of the repository: ${path}`)
      assert.ok(existsSync(join(root, path)), `${page.path} links to ${path}, which is not there.`)
      if (anchor === '') continue
      const headings = [...readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
      assert.ok(headings.includes(anchor), `${page.path} links to ${path}#${anchor}; its headings are ${headings.join(', ')}.`)
    }
  }
})

test('every picture that a page shows is there', () => {
  for (const page of pages) {
    for (const [, target = ''] of proseOf(page).matchAll(/\bsrc(?:set)?="([^"]+)"/g)) {
      const path = normalize(join(dirname(page.path), target))
      assert.ok(existsSync(join(root, path)), `${page.path} shows ${path}, which is not there.`)
    }
  }
})

test('a name that is linked to a file of code stands in that file', () => {
  for (const { page, text, path } of pages.flatMap(linksOf)) {
    const name = /^`([A-Za-z_]+)`$/.exec(text)?.[1]
    if (name === undefined || !/\.(ts|sql)$/.test(path)) continue
    const code = readFileSync(join(root, path), 'utf8')
    assert.match(
      code,
      new RegExp(`\\b(function|class|const|type|table|interface)\\s+${name}\\b`),
      `${page} says that ${name} is in ${path}.`,
    )
  }
})

test('every file that a page names exists, and none is cited by its lines', () => {
  const folders = /^(workspace|server|sdk|cli|client|simulators|scripts|docs|bench|admin|integrations|workflows|data-providers)\//
  for (const page of pages) {
    for (const [, name = ''] of proseOf(page).matchAll(/`([^`\s]+)`/g)) {
      assert.doesNotMatch(name, /\.\w+[:#]L?\d+/, `${page.path} cites lines: ${name}`)
      if (!folders.test(name) || name.includes('*') || name.includes('…')) continue
      const places = /^(integrations|workflows|data-providers)\//.test(name) ? [join('workspace', name), name] : [name]
      assert.ok(
        places.some((place) => existsSync(join(root, place))),
        `${page.path} names ${name}, which is not there.`,
      )
    }
  }
})

test('every decision is listed, and says context, decision and consequences', () => {
  const listed = linksOf(pages.find(({ path }) => path === 'docs/decisions/README.md') ?? assert.fail('There is no list of decisions.'))
  const decisions = pages.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path))
  assert.deepEqual(decisions.map(({ path }) => path).sort(), listed.map(({ path }) => path).sort())
  for (const { path, text } of decisions) {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    assert.deepEqual(headings, ['Context', 'Decision', 'Consequences'], path)
    assert.match(text, new RegExp(`^# ${Number(/(\d{4})-/.exec(path)?.[1])}\\. `), path)
  }
})

test('the picture is well-formed, has a description, and knows the dark', () => {
  const file = join(root, 'docs/images/flow.svg')
  const picture = readFileSync(file, 'utf8')
  const tags = [...picture.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)]
  const open: string[] = []
  for (const [, closing, name = '', empty] of tags) {
    if (closing) assert.equal(open.pop(), name, `</${name}> in ${relative(root, file)}`)
    else if (!empty) open.push(name)
  }
  assert.deepEqual(open, [])
  assert.match(picture, /<title [^>]+>\S/)
  assert.match(picture, /<desc [^>]+>\S/)
  assert.match(picture, /prefers-color-scheme: dark/)
  assert.ok(statSync(file).size < 20_000)
})

test('blocks say which language they are in', () => {
  for (const { page, language, note, text } of pages.flatMap(blocksOf)) {
    assert.match(language, /^(sh|ts|json|sql|ini)$/, `${page}: ${text.slice(0, 60)}`)
    assert.ok(note === '' || (language === 'sh' && note === 'stays'), `${page}: ${note}`)
    if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), page)
  }
})
