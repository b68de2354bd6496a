"""Names of the numbers in the Bluetooth specifications: plain tables and the functions that look them up."""
