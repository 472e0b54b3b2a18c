// What the npm registry knows against the packages of the lockfile. Part of npm run check; where nobody answers, it says that it was not asked.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './processes.ts'

/** Advisories that do no harm here, each with why: until there is a version without the fault. By their address. */
const accepted: Readonly<Record<string, string>> = {}

const refusedSeverities: ReadonlySet<string> = new Set(['high', 'critical'])

type Advisory = { title: string; url: string; severity: string; range: string }
type Vulnerability = { name: string; severity: string; nodes: string[]; via: (string | Advisory)[] }
type Packages = Readonly<Record<string, { dev?: boolean }>>

export type AuditJudgement =
  | { isAsked: false; reason: string }
  /** Of what a release is made of: what is refused, and what is only told. */
  | { isAsked: true; refused: string[]; told: string[] }

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The answer as JSON; undefined where it is none. */
function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return undefined
  }
}

/** @param answer what `npm audit --json` printed @param packages those of the lockfile, by their places */
export function judgeAudit(answer: string, packages: Packages): AuditJudgement {
  const report = parsed(answer)
  if (!isRecord(report) || !isRecord(report.vulnerabilities)) {
    const said = isRecord(report) ? (report.message ?? (isRecord(report.error) ? report.error.summary : undefined)) : answer.trim()
    return { isAsked: false, reason: String(said || 'npm gave no answer').split('\n')[0] ?? '' }
  }
  const found = Object.values(report.vulnerabilities as Record<string, Vulnerability>) // npm's own form, version 2
  const ofRelease = found.filter(({ nodes }) => nodes.some((node) => packages[node]?.dev !== true))
  // What a package has from another stands with that other.
  const lines = ofRelease.flatMap(({ name, via }) =>
    via.flatMap((one) => (typeof one === 'string' || accepted[one.url] !== undefined ? [] : [{ ...one, name }])),
  )
  const sentence = ({ name, title, url, severity, range }: Advisory & { name: string }) =>
    `${name} ${range}: ${title} (${severity}, ${url})`
  const isRefused = ({ severity }: Advisory) => refusedSeverities.has(severity)
  return { isAsked: true, refused: lines.filter(isRefused).map(sentence), told: lines.filter((line) => !isRefused(line)).map(sentence) }
}

const patienceMs = 30_000

/** Asks npm, by the registry that it is set up with. Resolves to what it printed, however it ended. */
function askNpm(): Promise<string> {
  return new Promise((resolve) => {
    const asked = spawn('npm', ['audit', '--json', '--package-lock-only'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
      timeout: patienceMs,
    })
    let text = ''
    asked.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    asked.once('error', ({ message }) => resolve(JSON.stringify({ message })))
    asked.once('close', (_, signal) =>
      resolve(signal ? JSON.stringify({ message: `npm did not answer within ${patienceMs / 1_000} s` }) : text),
    )
  })
}

/** Good where nothing is known that a release must not have, or where nobody could be asked, which the output then says. */
export async function checkAdvisories(ask = askNpm): Promise<{ isGood: boolean; output: string }> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages }
  const judged = judgeAudit(await ask(), packages)
  if (!judged.isAsked) return { isGood: true, output: `not asked: ${judged.reason}` }
  const told = judged.told.map((line) => `known, and not severe: ${line}`)
  return { isGood: judged.refused.length === 0, output: [...judged.refused, ...told].join('\n') }
}
