import type { Integration } from '@crosswalk/client'

/** The fields of the mapping data that each mapping must have, by their labels. */
export function requiredData({ mapping_data_schema: schema }: Pick<Integration, 'mapping_data_schema'>): string[] {
  const { required, properties } = schema as {
    required?: unknown
    properties?: Record<string, { label?: unknown; title?: unknown; default?: unknown }>
  }
  if (!Array.isArray(required)) return []
  return required.flatMap((field: unknown) => {
    const property = properties?.[String(field)]
    if (property?.default !== undefined) return []
    return [String(property?.label ?? property?.title ?? field)]
  })
}
