"""python -m openchoreo"""

from openchoreo.cli import main

main(prog_name="openchoreo")
