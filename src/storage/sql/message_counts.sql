-- How many messages there are in each state.
SELECT state, COUNT(*) FROM outbox GROUP BY state
