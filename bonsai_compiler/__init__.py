"""bonsaic: grow tiny sparse RNNs for a task and compile them to programs proved equal to it."""

__version__ = "0.1.0"
