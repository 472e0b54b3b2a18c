import { deserialize, serialize } from 'node:v8'
import type { ChannelOutcome } from '../../protocol/channel.ts'
import type { StepOutcome, StepRecord } from './step-record.ts'

/** Knows the secret values that an execution has read. */
type KnownSecrets = { isIn(value: unknown): boolean }

/** Encrypts what a step returned where it holds a secret: records live in tables that more people read than secrets may be read by. */
export type Sealer = { seal(bytes: Buffer): Promise<string>; open(text: string): Promise<Buffer> }

/** The outcome as it is stored. Without a secret in it, as it is. */
export async function sealOutcome(
  sealer: Sealer,
  secrets: KnownSecrets,
  performed: { outcome: ChannelOutcome; isPlain: boolean },
): Promise<StepOutcome> {
  const { outcome, isPlain } = performed
  if (!secrets.isIn(outcome.ok ? outcome.value : outcome.error)) return { outcome, isPlain, isSealed: false }
  return { outcome: { ok: true, value: await sealer.seal(serialize(outcome)) }, isPlain, isSealed: true }
}

/** A record as it was before it was sealed. */
export async function openRecord(sealer: Sealer, record: StepRecord): Promise<StepRecord> {
  if (!record.isSealed || !record.outcome.ok) return record
  return { ...record, outcome: deserialize(await sealer.open(String(record.outcome.value))) as ChannelOutcome, isSealed: false }
}
