"""Images of IDX files, plain or gzipped, as grey levels from 0 to 1."""

import gzip
import os
import struct

import torch


def read_images(folder, names):
    """The first of these files that is there, a row for each image."""
    for name in names:
        for path, opened in ((name, open), (f'{name}.gz', gzip.open)):
            path = os.path.join(folder, path)
            if os.path.exists(path):
                with opened(path, 'rb') as file:
                    content = bytearray(file.read())
                count, rows, columns = struct.unpack('>III', content[4:16])
                grey = torch.frombuffer(content, dtype=torch.uint8, offset=16).float()
                # Files with values of 0 and 1 only are binary images already.
                top = 255 if grey.max() > 1 else 1
                return grey.reshape(count, rows * columns).div_(top)
    raise SystemExit(f'{folder} has none of {", ".join(names)}')
