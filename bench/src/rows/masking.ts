import { randomBytes } from 'node:crypto'
import { Mask } from '@crosswalk/sdk/masking'
import { aboveLine, type Line, type Row } from '../line.ts'
import { alternate, median } from '../statistics.ts'

const lines = 20_000
const message = `Updated the user jane.doe@example.com of the organization Acme Corp: ${'name, department and manager were changed, '.repeat(3)}done`
const data = {
  user: { id: '42', mail: 'jane.doe@example.com', groups: ['staff', 'sales'] },
  took_ms: 17,
  url: 'https://vendor.example/users/42',
}

/** A line of the log with its data, as it is kept: without secrets to mask, and with some. */
export const maskingRow: Row = {
  name: 'masking',
  async measure() {
    const measured: Line[] = []
    for (const count of [10, 10_000]) {
      const mask = new Mask()
      for (let index = 0; index < count; index++) mask.add(randomBytes(24).toString('base64'))
      const none = new Mask()
      const keep = async (chosen: Mask) => {
        const startedAt = performance.now()
        let kept = 0
        for (let line = 0; line < lines; line++) kept += chosen.text(message).length + JSON.stringify(chosen.data(data)).length
        if (kept === 0) throw new Error('Nothing was kept.')
        return (performance.now() - startedAt) / lines
      }
      const { ours, yardstick } = await alternate(
        3,
        () => keep(mask),
        () => keep(none),
      )
      const name = `a log line of 215 characters with data, ${count.toLocaleString('en')} secrets to mask / the same without`
      measured.push(aboveLine(name, median(ours), median(yardstick), 0.05))
    }
    return measured
  },
}
