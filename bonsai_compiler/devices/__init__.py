"""The devices that networks are trained on: OpenCL found and made ready, launches, buffers."""
