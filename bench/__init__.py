"""`make bench`: what this program costs, as ratios taken in one run. Printed, never asserted.

tree        definitions of as many components as are asked for, with types and traits of their own
processes   running programs and taking their time, in turn
table       how a comparison is printed
projects    this program and a bare one, which registers the same objects
engine      preview and unchanged update of the two on a real engine
start       everything before the first registration
probe       runs a program up to there
rendering   rendering in one process, cold and warm
ledger      outputs with history: their weight, reading and writing
histories   makes such outputs
cel         the expression language by itself
"""
