"""The doctor's knowledge as data: causes with their remedies, browsers' wordings, weaknesses."""
