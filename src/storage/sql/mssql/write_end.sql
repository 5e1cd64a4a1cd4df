-- Until this came back without an error, nothing of the batch is known to be stored.
COMMIT TRANSACTION
