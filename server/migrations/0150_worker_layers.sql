-- What confines author code where a worker runs, in a sentence for operators.
alter table worker_leases add column sandbox_layers text check (length(sandbox_layers) <= 500);
