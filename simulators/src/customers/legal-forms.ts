/** A legal form, and how else people write it. */
export type LegalForm = { readonly short: string; readonly long: string; readonly others: readonly string[] }

export const legalForms = {
  ltd: { short: 'Ltd', long: 'Limited', others: ['Ltd.', 'LTD', 'Limited'] },
  llp: { short: 'LLP', long: 'LLP', others: ['L.L.P.', 'llp'] },
  plc: { short: 'plc', long: 'plc', others: ['PLC', 'p.l.c.'] },
  inc: { short: 'Inc', long: 'Incorporated', others: ['Inc.', ', Inc.', 'INC'] },
  llc: { short: 'LLC', long: 'LLC', others: ['L.L.C.', ', LLC'] },
  gmbh: { short: 'GmbH', long: 'GmbH', others: ['Gmbh', 'G.m.b.H.'] },
  bv: { short: 'BV', long: 'B.V.', others: ['B.V.', 'bv'] },
  sarl: { short: 'SARL', long: 'SARL', others: ['S.A.R.L.', 'Sàrl'] },
  pty: { short: 'Pty Ltd', long: 'Pty Limited', others: ['Pty. Ltd.', 'P/L'] },
  none: { short: '', long: '', others: [''] },
} as const satisfies Record<string, LegalForm>

export type LegalFormName = keyof typeof legalForms

/** `Acme` and `, Inc.` → `Acme, Inc.` */
export function withForm(name: string, form: string): string {
  return form === '' ? name : form.startsWith(',') ? `${name}${form}` : `${name} ${form}`
}
