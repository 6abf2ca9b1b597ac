"""``python -m qloc``: the commands of the study."""

from qloc.cli import main

if __name__ == "__main__":
    main()
