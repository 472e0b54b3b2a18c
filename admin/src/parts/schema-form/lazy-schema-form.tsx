import { Skeleton } from '@mantine/core'
import { type ComponentProps, lazy, Suspense } from 'react'

const SchemaForm = lazy(() => import('./schema-form.tsx'))

/** The form's library is large, and loaded when there is a form to show. */
export function LazySchemaForm(props: ComponentProps<typeof SchemaForm>) {
  return (
    <Suspense fallback={<Skeleton height={60} role="status" aria-label="Loading the form" />}>
      <SchemaForm {...props} />
    </Suspense>
  )
}
