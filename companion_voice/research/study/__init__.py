"""Studies: conditions as data, consent, allocation, participants, questionnaires."""
