-- Retrying what failed of a batch goes on from the failed steps, as the retry of a single execution does.

-- The failed execution that the next one goes on from. Stays when that is submitted, as the execution itself names it too.
alter table batch_items add column retry_of uuid;
