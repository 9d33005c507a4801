"""What people wrote into the workbook of the last audit, read back."""
