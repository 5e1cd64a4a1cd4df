      AND r.offered_at >= @P4 AND r.offered_at < @P5
      AND (r.offered_at < @P2 OR (r.offered_at = @P2 AND r.id < @P3))
      -- An empty text, or the id of nothing (@P7), stands for any.
      AND (@P6 = @P7 OR r.survey_id = @P6) AND (@P8 = @P7 OR r.service_id = @P8)
      AND (@P9 = '' OR r.state = @P9) AND (@P10 = '' OR r.channel = @P10) AND (@P11 = '' OR r.language = @P11)
      AND (@P12 = '' OR o.agent_id = @P12 OR o.agent_name = @P12)
      AND (@P13 = '' OR o.queue = @P13) AND (@P14 = '' OR o.team = @P14)
      AND (@P22 = '' OR o.customer = @P22) AND (@P23 = '' OR o.call_id = @P23) AND (@P24 = @P7 OR r.id = @P24)
      AND (@P17 = 0 OR EXISTS (
          SELECT 1 FROM answer x
          WHERE x.response_id = r.id AND (@P16 = '' OR x.question_key = @P16)
            AND ((@P17 = 1 AND x.kind = 'number' AND x.num >= @P18 AND x.num <= @P19)
              OR (@P17 = 2 AND x.kind = 'choice' AND x.text = @P20))))
      AND (@P21 = 0 OR EXISTS (
          SELECT 1 FROM answer x WHERE x.response_id = r.id AND x.kind IN ('text', 'recording')))
