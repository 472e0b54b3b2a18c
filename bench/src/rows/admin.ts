import { startAdmin } from '../admin-browser.ts'
import type { Row } from '../line.ts'
import { measureFirstPage } from './admin-first-page.ts'
import { measureLongLog } from './admin-log.ts'
import { measureTyping } from './admin-typing.ts'

/** The admin interface as a person has it: in a browser. */
export const adminRow: Row = {
  name: 'admin',
  async measure(bench) {
    const admin = await startAdmin(bench)
    return [...(await measureFirstPage(bench, admin)), ...(await measureTyping(admin)), ...(await measureLongLog(bench, admin))]
  },
}
