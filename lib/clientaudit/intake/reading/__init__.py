"""Files as they come, read cell by cell, whatever program wrote them."""
