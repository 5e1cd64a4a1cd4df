-- Deletes the prompts that were replaced longest ago, with their audio.
DELETE FROM prompt
WHERE id IN (SELECT TOP (@P2) p.id FROM prompt p WHERE p.replaced_at < @P1 ORDER BY p.replaced_at)
