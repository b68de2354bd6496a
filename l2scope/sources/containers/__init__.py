"""What captures come wrapped in: compression, archives, bug reports, standard input, files that still grow."""
