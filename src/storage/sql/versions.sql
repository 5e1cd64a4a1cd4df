-- The versions of a survey, the newest first.
SELECT v.id, v.survey_id, v.number, v.document, v.published_at
FROM version v JOIN survey s ON s.id = v.survey_id
WHERE s.[key] = @P1
ORDER BY v.number DESC
