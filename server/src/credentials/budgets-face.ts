import type { LimitSpec } from './http-spec.ts'

// What calls need of the budgets of vendors.

export type BudgetKey = { integration: string | null; credential: string; host: string; owner?: string | null }
export type Budgets = {
  take(
    key: BudgetKey,
    limits: readonly LimitSpec[],
    asking: {
      organizationId: string | null
      urgency: 'person' | 'background'
      executionId: string
      maxWaitMs: number
      signal?: AbortSignal
    },
  ): Promise<{ waitedMs: number; release(answeredMsAgo?: number): void }>
  answered(key: BudgetKey, outcome: { status?: number; retryAfterMs?: number | undefined }): void
}

export const noBudgets: Budgets = { take: async () => ({ waitedMs: 0, release() {} }), answered() {} }
