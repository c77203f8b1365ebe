"""What people see: figures, controls, the page, and the tables of the command line."""
