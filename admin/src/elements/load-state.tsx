import { ErrorNotice } from './error-notice.tsx'
import { Loading } from './loading.tsx'

type LoadStateProps = {
  /** The question to the server, as `useQuery` gives it. */
  query: { data: unknown; error: unknown; refetch: () => unknown; isFetching?: boolean }
  /** What is awaited: "Loading the audit". */
  label: string
  /** What the error says above its sentence: "The audit could not be loaded". */
  failed?: string
  /** How many lines stand in for it. */
  rows?: number
  /** What is said above data that could not be fetched again; not given where that is said elsewhere. */
  stale?: string
}

/**
 * How the data of a page or a list stands: awaited, failed, or there but old. Nothing while all is well, so the data stands below it and
 * stays on the screen when it cannot be fetched again.
 */
export function LoadState({ query, label, failed, rows, stale }: LoadStateProps) {
  const { data, error, isFetching = false } = query
  const refetch = () => void query.refetch()
  const title = data === undefined ? failed : stale
  if (error && (data === undefined || stale !== undefined))
    return <ErrorNotice error={error} {...(title === undefined ? {} : { title })} onRetry={refetch} isRetrying={isFetching} />
  return data === undefined ? <Loading label={label} {...(rows === undefined ? {} : { rows })} /> : null
}
