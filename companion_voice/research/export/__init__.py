"""What leaves: the same rows as CSV, Parquet, a ConvoKit corpus or a Psych-DS folder, with codebook and provenance."""
