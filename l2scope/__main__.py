"""`python -m l2scope`."""

from l2scope.cli import main

if __name__ == "__main__":
    main()
