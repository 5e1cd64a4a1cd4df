-- The prompts whose audio is kept in every form.
SELECT prompt_id FROM kept_audio GROUP BY prompt_id HAVING COUNT(*) = 3
