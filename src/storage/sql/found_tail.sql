JOIN survey s ON s.id = f.survey_id
JOIN version v ON v.id = f.version_id
JOIN service e ON e.id = f.service_id
LEFT JOIN answer a ON a.response_id = f.id
ORDER BY f.offered_at DESC, f.id DESC, a.question_no
