-- What of the boundary around author code is missing where a worker runs, in a sentence for operators. Null where it holds.
alter table worker_leases add column sandbox_problem text check (length(sandbox_problem) <= 2000);
