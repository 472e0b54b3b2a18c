import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CommandError } from '../../failure.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const sdk = join(root, 'sdk')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const run = promisify(execFile)

type SdkPackage = {
  name: string
  version: string
  description: string
  license: string
  exports: Record<string, string>
  dependencies: object
}

/** The name of the file that `packSdk` writes. */
export async function sdkPackageFile(): Promise<string> {
  const { version } = await readSdkPackage()
  return `crosswalk-sdk-${version}.tgz`
}

/**
 * Packs the SDK as npm installs it: JavaScript and types, since Node strips no types below `node_modules`.
 *
 * @param folder where the file is written; its name is that of `sdkPackageFile`
 * @throws sdk_not_packed
 */
export async function packSdk(folder: string): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'crosswalk-sdk-'))
  try {
    await build(place)
    await npmPack(place, folder)
    return join(folder, await sdkPackageFile())
  } catch (error) {
    const said =
      error instanceof Error && 'stdout' in error ? String(error.stdout || (error as { stderr?: unknown }).stderr) : String(error)
    throw new CommandError(
      'sdk_not_packed',
      `The package @crosswalk/sdk could not be made: ${said.trim().split('\n')[0]}. See that npm is installed and that ${folder} can be written.`,
      undefined,
      { cause: error },
    )
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function build(place: string): Promise<void> {
  const config = {
    extends: join(sdk, 'tsconfig.json'),
    include: [join(sdk, 'src')],
    exclude: [join(sdk, 'src', '**', '*.test.ts')],
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: join(sdk, 'src'),
      outDir: join(place, 'dist'),
      typeRoots: [join(root, 'node_modules', '@types')],
    },
  }
  const configFile = join(place, 'tsconfig.json')
  await writeFile(configFile, JSON.stringify(config))
  await run(process.execPath, [compiler, '-p', configFile])
  await rm(configFile)
  const { exports, ...manifest } = await readSdkPackage()
  const built = Object.entries(exports).map(([path, source]) => {
    const file = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '')
    return [path, { types: `${file}.d.ts`, default: `${file}.js` }] as const
  })
  const text = JSON.stringify({ ...manifest, type: 'module', exports: Object.fromEntries(built), files: ['dist'] }, null, 2)
  await writeFile(join(place, 'package.json'), `${text}\n`)
  await copyFile(join(root, 'LICENSE'), join(place, 'LICENSE'))
}

async function npmPack(place: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const isWindows = process.platform === 'win32'
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', isWindows ? `"${folder}"` : folder]
  await run(isWindows ? 'npm.cmd' : 'npm', args, { cwd: place, shell: isWindows })
}

async function readSdkPackage(): Promise<SdkPackage> {
  const { name, version, description, license, exports, dependencies } = JSON.parse(
    await readFile(join(sdk, 'package.json'), 'utf8'),
  ) as SdkPackage // our own
  return { name, version, description, license, exports, dependencies }
}
