"""Trained networks, of our own formats, PyTorch, ONNX and Keras, and their way to a graph."""
