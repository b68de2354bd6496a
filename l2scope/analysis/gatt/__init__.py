"""GATT (Vol 3 Part G): the databases of both sides, their values with their history, and who subscribed to what."""
