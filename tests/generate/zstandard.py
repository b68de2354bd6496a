"""zstd of Python's own library, or its backport."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor, compress, decompress
else:
    from backports.zstd import CompressionParameter, ZstdCompressor, compress, decompress

__all__ = ["CompressionParameter", "ZstdCompressor", "compress", "decompress"]
