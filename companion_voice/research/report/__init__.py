"""A study on one page: measured, drawn and written so that somebody who was not there can read it."""
