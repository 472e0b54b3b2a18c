// Where a runner starts: beside the few files that `scripts/build-runner.ts` makes of its code. Node compiles each function of a file when
// it is first called, and its own cache has none of those. So the code is a script here, whose compiled functions are kept after all of
// them have run once: see `server/src/engine/runners/sandbox/runner-code.ts`.
const { readFileSync } = require('node:fs')
const { Module } = require('node:module')
const { basename, join } = require('node:path')
const { constants, Script } = require('node:vm')

const file = join(__dirname, 'code-runner.cjs')
const { NODE_COMPILE_CACHE: folder } = process.env
/** The same for all runners with these flags. Where it cannot be read, or is of another Node, the code is compiled again. */
const compiled = folder && join(folder, `${basename(__dirname)}.compiled`)

function readCompiled() {
  try {
    // V8 runs what it is given here: nothing from a folder that somebody else may have meant.
    return compiled && readFileSync(compiled)
  } catch {
    return undefined
  }
}

const source = readFileSync(file, 'latin1')
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename: file,
  cachedData: readCompiled(),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
const code = new Module(file, module)
code.filename = file
code.paths = module.paths
// The files beside it ask for it by its name.
require.cache[file] = code
script.runInThisContext()(code.exports, Module.createRequire(file), code, file, __dirname)
code.loaded = true

code.exports.givePlaces(__dirname)

/** Whether the compiled functions could be taken as they are. */
exports.isCompiled = script.cachedDataRejected === false
exports.compile = () => script.createCachedData()
