import type { Form, Submission } from '@crosswalk/client'
import { useQuery } from '@tanstack/react-query'
import { givenOf, type JsonObject } from '../parts/schema-form/form-schema.ts'
import { resolved } from '../parts/schema-form/resolve-schema.ts'
import { shapeOf } from '../parts/schema-form/shape.ts'
import { formOptionsOf } from '../queries/forms.ts'
import { sentText } from './sent-text.ts'

type SentValueProps = { form: Form | undefined; submission: Submission; field: JsonObject; value: unknown }

/** What was sent in one field, as the form showed it. An option that is not offered any more is shown by its value. */
export function SentValue({ form, submission: { form_id, org_id, parameters }, field, value }: SentValueProps) {
  const root = form?.parameters_schema ?? {}
  const shape = shapeOf(resolved(field, root).schema, root)
  const provider = shape.kind === 'provided' ? shape.provider : undefined
  const names = form?.data_providers.find(({ name }) => name === provider)?.fields ?? []
  const offered = useQuery({
    ...formOptionsOf(form_id, provider ?? '', org_id, givenOf(names, parameters)),
    enabled: form !== undefined && provider !== undefined,
  }).data?.options
  return sentText(value, shape.kind === 'choice' || shape.kind === 'choices' ? shape.choices : (offered ?? []))
}
