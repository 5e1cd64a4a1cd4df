-- Which survey is active on which service.
SELECT a.survey_id, s.name, a.paused
FROM activation a
JOIN service s ON s.id = a.service_id
ORDER BY s.name_key
