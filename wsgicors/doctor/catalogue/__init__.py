"""What the doctor knows, as data: causes with their remedies, browsers' wordings, weaknesses."""
