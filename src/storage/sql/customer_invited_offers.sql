-- What led to a message to a customer's number is the customer's, whoever called.
UPDATE offer SET customer = @P1
WHERE id IN (SELECT i.id FROM invite i WHERE i.number = @P1) AND (customer IS NULL OR customer <> @P1)
