"""One page that shows a network at work: a single HTML file that asks for nothing else."""
