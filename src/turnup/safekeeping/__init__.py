"""Safekeeping: which files of the data folder are records, whether they are whole, and what rests on them."""
