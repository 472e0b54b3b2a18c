import type { Keyring } from './keyring.ts'
import { openValue, sealValue } from './sealing.ts'
import { SecretText } from './secret-text.ts'

const place = { key: 'step outcome', organizationId: null }

/**
 * Seals what a step returned, where it holds a secret. The text says which master key it is under.
 *
 * @returns a pair of functions; `open` throws master_key_unavailable where that key is gone
 */
export function stepSealer(keyring: Keyring): { seal(bytes: Buffer): Promise<string>; open(text: string): Promise<Buffer> } {
  return {
    async seal(bytes) {
      const sealed = sealValue(await keyring.current(), place, new SecretText(bytes.toString('base64')))
      return [sealed.keyId, sealed.sealedDataKey.toString('base64'), sealed.sealedValue.toString('base64')].join(':')
    },
    async open(text) {
      const [keyId = '', dataKey = '', value = ''] = text.split(':')
      const opened = openValue(await keyring.get(keyId), place, {
        keyId,
        sealedDataKey: Buffer.from(dataKey, 'base64'),
        sealedValue: Buffer.from(value, 'base64'),
      })
      if (!opened) throw new Error('A recorded step was sealed under another key or changed since.')
      return Buffer.from(opened.reveal(), 'base64')
    },
  }
}
