-- Stores what is known of an invite; its ask and, where one begins, its response are stored before.
INSERT INTO invite (id, at, reference, cause, caused_by, number, language, expires_at, remind_at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9)
