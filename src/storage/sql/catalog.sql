-- All services, with the newest version of the survey active on each.
SELECT s.id, s.name, s.channel, s.dn, a.paused, v.id, v.survey_id, v.number, v.document, v.published_at
FROM service s
LEFT JOIN activation a ON a.service_id = s.id
LEFT JOIN version v ON v.survey_id = a.survey_id
    AND v.number = (SELECT MAX(n.number) FROM version n WHERE n.survey_id = a.survey_id)
ORDER BY s.name_key
