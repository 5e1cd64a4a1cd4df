-- All surveys by key, with the newest version of each, and whether the draft differs from it.
SELECT s.id, s.[key], s.name, s.saved_at, s.revision, s.saved_by,
       CASE WHEN v.document = s.document THEN 0 ELSE 1 END,
       v.id, v.number, v.published_at
FROM survey s
LEFT JOIN version v ON v.survey_id = s.id
    AND v.number = (SELECT MAX(n.number) FROM version n WHERE n.survey_id = s.id)
ORDER BY s.[key]
