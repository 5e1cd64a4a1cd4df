-- When the oldest response was offered.
SELECT MIN(offered_at) FROM response
