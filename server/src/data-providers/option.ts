import { z } from 'zod'

/** One choice of a form field. */
export const optionSchema = z.object({
  label: z.string().max(1_000),
  value: z.union([z.string(), z.number(), z.boolean()]),
  metadata: z.record(z.string(), z.unknown()).optional(),
})
export type Option = z.output<typeof optionSchema>

const optionList = z.array(optionSchema)

/** @returns undefined if it is no list of options */
export function parseOptions(result: unknown): Option[] | undefined {
  return optionList.safeParse(result).data
}
