-- Deletes a customer's asks, whose responses are gone.
DELETE FROM offer WHERE customer = @P1
