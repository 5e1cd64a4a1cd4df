-- Deletes the prompts that were replaced longest ago, with their audio.
DELETE FROM prompt
WHERE id IN (SELECT p.id FROM prompt p
             WHERE p.replaced_at < @P3
               AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
             ORDER BY p.replaced_at LIMIT @P4)
